/** The first few of a list and how many there are besides: "a, b, c and 4 more". A single one besides is named as well. */
export function someOf(list: readonly string[], few = 3): string {
  const more = list.length - few;
  return more > 1 ? `${list.slice(0, few).join(', ')} and ${more} more` : list.join(', ');
}

/** A length of time for people, by its two largest units: "40 s", "57 min", "1 h 30 min", "3 d 2 h". */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
