/** The release of the small monitoring in its namespace. */
export const LITE_RELEASE = 'kmon';
