import { describe, expect, it } from 'vitest';
import { pullFailure } from '../../../src/tools/image-pull.js';

const IMAGE = 'quay.io/prometheus/prometheus:v3.14.0';
/** As containerd 2 and a kubelet of 1.36 put it. */
const pulled = (why: string): string =>
  `Back-off pulling image "${IMAGE}": ErrImagePull: failed to pull and unpack image "${IMAGE}": failed to resolve image: ${why}`;

describe('pullFailure', () => {
  it.each([
    [`${IMAGE}: not found`, 'quay.io has no such image'],
    [
      'unexpected status from HEAD request to https://quay.io/v2/x/manifests/v1: 403 Forbidden',
      'quay.io refuses it',
    ],
    ['pull access denied, repository does not exist or may require authorization', 'quay.io refuses it'],
    [
      'failed to do request: Head "https://quay.io/v2/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'who answers for quay.io is signed by an authority that the machine does not trust',
    ],
    [
      'failed to do request: Head "https://quay.io/v2/x": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time is before',
      'by the clock of the machine the certificate of quay.io is not valid',
    ],
    [
      'failed to do request: Head "https://quay.io/v2/x": dial tcp: lookup quay.io on 10.0.0.1:53: no such host',
      'a name that is asked for it is not known (quay.io sends on to others)',
    ],
    [
      'failed to do request: Head "https://quay.io/v2/x": Proxy Authentication Required',
      'the proxy wants a name and a password',
    ],
  ])('takes it for refused for good: %s', (why, because) => {
    const failure = pullFailure(IMAGE, pulled(why), 'pc-11');
    expect(failure).toMatchObject({ forGood: true, because, said: why });
    expect(failure.remedy).not.toBe('');
  });

  it.each([
    'unexpected status from HEAD request to https://quay.io/v2/x: 429 Too Many Requests',
    'unexpected status from HEAD request to https://quay.io/v2/x: 503 Service Unavailable',
    'failed to do request: Head "https://quay.io/v2/x": dial tcp 192.0.2.1:443: i/o timeout',
    'failed to do request: Head "https://quay.io/v2/x": dial tcp 192.0.2.1:443: connect: connection refused',
    'failed to do request: Head "https://quay.io/v2/x": dial tcp: lookup quay.io on 10.0.0.1:53: server misbehaving',
    'failed to copy: httpReadSeeker: failed open: unexpected EOF',
  ])('takes it for something that may pass: %s', (why) => {
    expect(pullFailure(IMAGE, pulled(why), 'pc-11')).toMatchObject({
      forGood: false,
      because: 'quay.io does not give it now',
      said: why,
    });
  });

  it('has nothing to repeat where the kubelet only says that it waits', () => {
    expect(pullFailure(IMAGE, `Back-off pulling image "${IMAGE}"`, 'pc-11').said).toBe('');
  });

  it('reads the event of the try, and images of no registry', () => {
    const said =
      'Failed to pull image "nginx": rpc error: code = NotFound desc = docker.io/library/nginx: not found';
    expect(pullFailure('nginx', said, 'pc-11')).toMatchObject({
      because: 'docker.io has no such image',
      said: 'docker.io/library/nginx: not found',
    });
  });
});

it('says where the name and the password of a proxy go', () => {
  const { remedy } = pullFailure(IMAGE, pulled('Proxy Authentication Required'), 'pc-11');
  expect(remedy).toMatch(/^write them into .* \/etc\/environment on pc-11 /);
});
