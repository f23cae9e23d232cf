/** A small picture for a row, drawn from its id: a planet, some stars, the streaks of a jump. Always the same for an id. */

/** An SVG of 16 by 9. */
export function thumbnailSvg(type: string, id: number): string {
  const random = randomFrom(type.length * 7919 + id * 104729);
  const hue = Math.floor(random() * 360);
  const horizon = 40 + random() * 30;
  const [x, y, radius] = [30 + random() * 100, 20 + random() * 40, 10 + random() * 22];
  const stars = Array.from({ length: 26 }, () => {
    const size = (0.3 + random() * 0.9).toFixed(1);
    return `<circle cx="${(random() * 160).toFixed(0)}" cy="${(random() * 90).toFixed(0)}" r="${size}" opacity="${(0.3 + random() * 0.7).toFixed(1)}"/>`;
  });
  const streaks = Array.from({ length: type === 'Shot' ? 7 : 3 }, () => {
    const top = random() * 90;
    return `<path d="M${(random() * 60).toFixed(0)} ${top.toFixed(0)}h${(20 + random() * 90).toFixed(0)}" stroke-width="${(0.3 + random()).toFixed(1)}" opacity=".5"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" width="160" height="90">
<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 45% 10%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 55% 28%)"/></linearGradient>
<radialGradient id="p" cx=".35" cy=".3"><stop stop-color="hsl(${(hue + 160) % 360} 70% 75%)"/><stop offset="1" stop-color="hsl(${(hue + 180) % 360} 60% 22%)"/></radialGradient></defs>
<path d="M0 0h160v90H0z" fill="url(#s)"/><g fill="#fff">${stars.join('')}</g>
<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${radius.toFixed(0)}" fill="url(#p)"/>
<g stroke="hsl(${(hue + 90) % 360} 90% 85%)">${streaks.join('')}</g>
<path d="M0 ${horizon.toFixed(0)}q40 -${(6 + random() * 10).toFixed(0)} 80 4t80 -6V90H0z" fill="hsl(${hue} 40% 7%)" opacity=".85"/></svg>`;
}

/** A small generator (mulberry32): pictures need no more. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
