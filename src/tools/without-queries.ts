/** The text with what is behind the question mark of its URLs left out: tokens are handed over there. "http://a/b?token=x" is "http://a/b?…". */
export function withoutQueries(text: string): string {
  return text.replaceAll(/(\bhttps?:\/\/[^\s?"'`<>]*)\?[^\s"'`<>]+/gi, '$1?…');
}
