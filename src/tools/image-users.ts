import type { ExecResult } from '../transport/transport.js';

/** A pod, or what makes pods, with the images that it asks for. */
export interface ImageUser {
  /** "pod", "deployment", "cronjob" … */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly images: readonly string[];
}

/** What `getImageUsers` printed, in its order. Where somebody has written spaces or commas into an image, its pieces count for images. */
export function parseImageUsers({ stdout }: Pick<ExecResult, 'stdout'>): readonly ImageUser[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [kind = '', namespace = '', name = '', ...rest] = line.trim().split(/\s+/);
      const images = rest
        .flatMap((column) => column.split(','))
        .filter((image) => image !== '' && image !== '<none>');
      return { kind: kind.toLowerCase(), namespace, name, images };
    });
}
