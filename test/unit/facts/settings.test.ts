import { describe, expect, it } from 'vitest';
import { factsOf, told } from './recorded.js';

const laptop = (...files: readonly string[]) => told('lid=yes', 'logind=yes', '[files]', ...files).sleep;

describe('sleep', () => {
  it('is what logind does by itself, unless its settings say otherwise', () => {
    expect(laptop()).toEqual({ lid: true, onLidClose: 'suspend', onIdle: 'ignore', prevented: false });
    expect(told('lid=yes').sleep).toEqual({ lid: true, prevented: false });
  });

  it('is set by drop-ins over the main file, in the order of their names, those of /etc over those of /usr/lib', () => {
    expect(
      laptop(
        '/usr/lib/systemd/logind.conf:HandleLidSwitch=halt',
        '/usr/lib/systemd/logind.conf:IdleAction=reboot',
        '/etc/systemd/logind.conf:HandleLidSwitch=poweroff',
        '/etc/systemd/logind.conf:IdleAction=lock',
        '/etc/systemd/logind.conf.d/50-a.conf:HandleLidSwitch=ignore',
        '/usr/lib/systemd/logind.conf.d/10-a.conf:HandleLidSwitch=hibernate',
        '/usr/lib/systemd/logind.conf.d/60-b.conf:IdleAction=suspend',
        '/etc/systemd/logind.conf.d/60-b.conf:IdleAction = hibernate ',
      ),
    ).toEqual({ lid: true, onLidClose: 'ignore', onIdle: 'hibernate', prevented: false });
  });

  it('is set by the last drop-in, whatever folder it is in, and by the main file of /etc alone if there is one', () => {
    expect(
      laptop(
        '/usr/lib/systemd/logind.conf:IdleAction=reboot',
        '/etc/systemd/logind.conf:HandleLidSwitch=poweroff',
        '/etc/systemd/logind.conf.d/50-a.conf:HandleLidSwitch=suspend',
        '/usr/lib/systemd/logind.conf.d/60-b.conf:HandleLidSwitch=ignore',
      ),
    ).toMatchObject({ onLidClose: 'ignore', onIdle: 'ignore' });
    expect(laptop('/usr/lib/systemd/logind.conf:IdleAction=reboot').onIdle).toBe('reboot');
  });

  it('counts the worse of battery and mains', () => {
    const both = (battery: string, mains: string) =>
      laptop(
        `/etc/systemd/logind.conf:HandleLidSwitch=${battery}`,
        `/etc/systemd/logind.conf:HandleLidSwitchExternalPower=${mains}`,
      ).onLidClose;
    expect(both('ignore', 'suspend')).toBe('suspend');
    expect(both('suspend', 'ignore')).toBe('suspend');
    expect(both('ignore', 'ignore')).toBe('ignore');
  });

  it('is prevented by masked targets, by a setting, and by a lock', () => {
    const lock = (what: string, mode: string) => [
      `/run/systemd/inhibit/3:WHAT=${what}`,
      `/run/systemd/inhibit/3:MODE=${mode}`,
    ];
    expect(told('masked=suspend').sleep.prevented).toBe(true);
    expect(laptop('/etc/systemd/sleep.conf:AllowSuspend=no').prevented).toBe(true);
    expect(laptop('/etc/systemd/sleep.conf:AllowSuspend=yes').prevented).toBe(false);
    // As kmon's own unit takes it.
    expect(laptop(...lock('sleep:idle:handle-lid-switch', 'block')).prevented).toBe(true);
    expect(laptop(...lock('sleep:idle:handle-lid-switch', 'delay')).prevented).toBe(false);
    // The lid takes no notice of a lock that does not name it.
    expect(laptop(...lock('sleep:idle', 'block')).prevented).toBe(false);
    const still = told('logind=yes', '[files]', ...lock('sleep:idle', 'block')).sleep;
    expect(still).toEqual({ lid: false, onLidClose: 'suspend', onIdle: 'ignore', prevented: true });
  });
});

describe('the power profile', () => {
  it.each([
    [['platform-profile=low-power', 'energy_performance_preference=performance'], 'power-saver'],
    [['platform-profile=quiet'], 'quiet'],
    [['energy_performance_preference=power'], 'power-saver'],
    [['energy_performance_preference=balance_power', 'scaling_governor=powersave'], 'balanced'],
    [['energy_performance_preference=performance'], 'performance'],
    [['scaling_driver=intel_pstate', 'scaling_governor=powersave'], 'balanced'],
    [['scaling_driver=acpi-cpufreq', 'scaling_governor=powersave'], 'power-saver'],
    [['scaling_driver=acpi-cpufreq', 'scaling_governor=performance'], 'performance'],
    [['scaling_driver=cpufreq-dt', 'scaling_governor=ondemand'], 'balanced'],
    [[], undefined],
  ])('%j is %s', (lines, profile) => {
    expect(told(...lines).powerProfile).toBe(profile);
  });
});

describe('a proxy', () => {
  const proxies = (...files: readonly string[]) => {
    const { proxy, packageProxy } = told('[files]', ...files);
    return { proxy, packageProxy };
  };

  it('is the environment’s; apt’s own takes no traffic of the room', () => {
    expect(factsOf('ubuntu-server')).toMatchObject({
      proxy: {
        url: 'http://proxy.school.example:3128/',
        noProxy: ['localhost', '127.0.0.1', '192.168.56.0/24'],
      },
      packageProxy: 'http://cache.school.example:3142',
    });
    expect(proxies('/etc/apt/apt.conf:  https { Proxy "http://a.example:1"; };')).toEqual({
      proxy: undefined,
      packageProxy: 'http://a.example:1',
    });
    expect(proxies('/etc/dnf/dnf.conf:proxy=http://b.example:2').packageProxy).toBe('http://b.example:2');
    expect(proxies('/etc/apt/apt.conf:Acquire::http::Proxy "DIRECT";').packageProxy).toBeUndefined();
  });

  it('is systemd’s; what only one of two leaves out goes through a proxy', () => {
    const systemd =
      '/etc/systemd/system.conf.d/proxy.conf:DefaultEnvironment="HTTPS_PROXY=http://p.example:3128" "NO_PROXY=localhost,10.0.0.0/8" A=b';
    expect(proxies(systemd).proxy).toEqual({
      url: 'http://p.example:3128',
      https: 'http://p.example:3128',
      noProxy: ['localhost', '10.0.0.0/8'],
    });
    const environment = ['http_proxy=http://e.example:1', 'no_proxy=localhost,pc-1'];
    expect(proxies(systemd, ...environment.map((l) => `/etc/environment:${l}`)).proxy).toEqual({
      url: 'http://e.example:1',
      https: 'http://p.example:3128',
      noProxy: ['localhost'],
    });
  });

  it('is not there when it is empty, a comment, or only exceptions are', () => {
    const lines = ['HTTP_PROXY=', '# https_proxy=http://a.example:1', 'no_proxy=localhost'];
    expect(proxies(...lines.map((l) => `/etc/environment:${l}`)).proxy).toBeUndefined();
  });
});
