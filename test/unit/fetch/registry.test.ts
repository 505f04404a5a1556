import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRegistries } from '../../../src/fetch/registry.js';
import type { ImageAt, Registries } from '../../../src/fetch/registry.js';
import { openWeb } from '../../../src/fetch/web.js';
import type { Web } from '../../../src/fetch/web.js';
import { digest, putImage, webServer } from '../../support/web-server.js';
import type { WebServer } from '../../support/web-server.js';

let site: WebServer;
let web: Web;
let registries: Registries;
const image = (tag = 'v1'): ImageAt => ({ registry: site.url, repository: 'a/b', tag });

beforeEach(async () => {
  site = await webServer();
  web = openWeb({});
  registries = openRegistries(web, new AbortController().signal);
  putImage(site, 'a/b', 'v1', { amd64: ['layer one', 'layer two'], arm64: ['another layer'] });
});
afterEach(async () => {
  await web.close();
  await site.close();
});

it('gives the image of a processor, by digests', async () => {
  const { config, layers, text, digest: own } = await registries.manifest(image(), 'arm64');
  expect(digest(text.toString())).toBe(own);
  expect(layers.map((l) => l.digest)).toEqual([digest('another layer')]);
  expect(config.digest).toBe(digest('{"architecture":"arm64","os":"linux"}'));
  expect(registries.blob(image(), digest('another layer'))).toEqual({
    url: `${site.url}/v2/a/b/blobs/${digest('another layer')}`,
    headers: {},
  });
});

it('logs in as everybody may, once a repository', async () => {
  site.guarded = '/v2/';
  await registries.manifest(image(), 'amd64');
  await registries.manifest(image(), 'arm64');
  expect(site.asked.filter((line) => line.includes('/token'))).toEqual([
    'GET /token?service=a+registry&scope=repository%3Aa%2Fb%3Apull',
  ]);
  expect(registries.blob(image(), digest('layer one')).headers).toEqual({
    authorization: expect.stringMatching(/^Bearer for /) as string,
  });
});

it('takes an image that is in no list for what it says it is for', async () => {
  const { digest: of, text } = await registries.manifest(image(), 'amd64');
  site.files.set('/v2/a/b/manifests/only', text);
  expect((await registries.manifest(image('only'), 'amd64')).digest).toBe(of);
  await expect(registries.manifest(image('only'), 'arm64')).rejects.toMatchObject({
    message: expect.stringMatching(/a\/b:only is not there for arm64$/) as string,
  });
});

it('says of an image that it is not there, or not for that processor', async () => {
  await expect(registries.manifest(image('v2'), 'amd64')).rejects.toMatchObject({
    code: 'precondition',
    message: expect.stringMatching(/^the image 127\.0\.0\.1:\d+\/a\/b:v2 is not there$/) as string,
  });
  await expect(registries.manifest(image(), 's390x')).rejects.toMatchObject({
    message: expect.stringMatching(/a\/b:v1 is not there for s390x$/) as string,
  });
});

it('takes nothing for an image that has another digest than was asked for', async () => {
  const { digest: of } = await registries.manifest(image(), 'amd64');
  site.files.set(`/v2/a/b/manifests/${of}`, '{"schemaVersion":2}');
  await expect(registries.manifest(image(), 'amd64')).rejects.toMatchObject({
    message: expect.stringMatching(/what comes is not what was asked for$/) as string,
  });
});

it('takes no page of a portal for an image', async () => {
  site.files.set('/v2/a/b/manifests/v1', '<html>please log in</html>');
  await expect(registries.manifest(image(), 'amd64')).rejects.toMatchObject({
    message: expect.stringMatching(/is of a kind that is not known$/) as string,
  });
});
