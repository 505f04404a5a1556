/** For people: "41 MB". What is not nothing is never "0 MB". */
export function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
