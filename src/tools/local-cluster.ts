/** A cluster on this computer takes so long at most, with the images of its nodes to be fetched on a slow line. */
export const CREATION_MS = 30 * 60_000;

/** Its nodes are stopped first. */
export const DELETION_MS = 5 * 60_000;
