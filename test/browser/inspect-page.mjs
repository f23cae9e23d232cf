/* global document, getComputedStyle, innerWidth */
/**
 * Runs inside a page: what would trouble somebody who reads it small, dark, by keyboard or by ear. An empty list is good.
 * After WCAG 2.2 AA: contrast 4.5 (3 for large text), one h1, landmarks, labels, header cells, targets of 24 pixels.
 */
export function inspectPage() {
  const troubles = [];
  const colors = new Map();
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  if (document.documentElement.scrollWidth > innerWidth) {
    const widest = all('body *').filter(
      (element) => element.getBoundingClientRect().right > innerWidth + 1 && element.closest('.scroll, .skip') === null,
    );
    troubles.push(`wider than the window: ${widest.map(nameOf).slice(0, 3).join(', ')}`);
  }
  if (all('h1').length !== 1) troubles.push(`${all('h1').length} h1`);
  // In ShotGrid's overlay there is no way to anywhere else.
  const isFramed = document.body.classList.contains('framed');
  for (const landmark of isFramed ? ['main'] : ['header', 'main', 'nav[aria-label]']) {
    if (all(landmark).length !== 1) troubles.push(`${all(landmark).length} ${landmark}`);
  }
  if (document.documentElement.lang !== 'en') troubles.push('no language');
  for (const field of all('input:not([type=hidden]), select, textarea')) {
    if ((field.labels?.length ?? 0) === 0) troubles.push(`no label: ${nameOf(field)}`);
  }
  for (const control of all('a, button, summary')) {
    const label = control.getAttribute('aria-label') ?? control.textContent;
    if (label.trim() === '') troubles.push(`no name: ${nameOf(control)}`);
    const { width, height } = control.getBoundingClientRect();
    const inText = getComputedStyle(control).display === 'inline';
    if (isShown(control) && !inText && control.closest('.skip') === null && Math.min(width, height) < 24) {
      troubles.push(`target of ${width} × ${height}: ${nameOf(control)}`);
    }
  }
  for (const element of all('body *').filter(scrolls)) {
    const way = [element, ...element.querySelectorAll('*')].find(
      (one) => one.tabIndex >= 0 && !one.disabled && isShown(one),
    );
    if (way === undefined) troubles.push(`scrolls, but not by keyboard: ${nameOf(element)}`);
    if (way === element && !hasRoleAndName(element)) troubles.push(`scrolls without role or name: ${nameOf(element)}`);
  }
  const ids = all('[id]').map(({ id }) => id);
  troubles.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the id ${id} more than once`));
  for (const table of all('table')) {
    if (table.caption === null) troubles.push('a table without caption');
    if (table.querySelector('thead th:not([scope])') !== null) troubles.push('a header cell without scope');
  }
  for (const [element, text] of textElements()) {
    const style = getComputedStyle(element);
    const ratio = contrast(colorOf(style.color), groundOf(element));
    const isLarge = Number.parseFloat(style.fontSize) >= 24;
    if (ratio < (isLarge ? 3 : 4.5)) troubles.push(`contrast ${ratio.toFixed(2)}: ${nameOf(element)} "${text}"`);
  }
  return [...new Set(troubles)];

  function textElements() {
    const found = new Map();
    const walker = document.createTreeWalker(document.body, 4);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      const element = walker.currentNode.parentElement;
      if (text !== '' && isShown(element) && !['SCRIPT', 'NOSCRIPT', 'OPTION'].includes(element.tagName)) {
        found.set(element, text.slice(0, 30));
      }
    }
    return found;
  }

  function scrolls(element) {
    const isWide = element.scrollWidth > element.clientWidth;
    const isHigh = element.scrollHeight > element.clientHeight;
    if ((!isWide && !isHigh) || !isShown(element)) return false;
    const { overflowX, overflowY } = getComputedStyle(element);
    return (isWide && /auto|scroll/.test(overflowX)) || (isHigh && /auto|scroll/.test(overflowY));
  }

  function hasRoleAndName(element) {
    const isControl = ['INPUT', 'SELECT', 'TEXTAREA', 'BUTTON', 'A', 'SUMMARY'].includes(element.tagName);
    const named = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
    const labels = [...(element.labels ?? []), ...named.map((id) => document.getElementById(id))];
    const texts = [element.getAttribute('aria-label'), ...labels.map((label) => label?.textContent)];
    return (isControl || element.hasAttribute('role')) && texts.some((text) => text?.trim());
  }

  /** What is behind the text: grounds from the element outwards, laid over each other. */
  function groundOf(element) {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) {
      const layer = colorOf(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers
      .reverse()
      .reduce((under, over) => under.map((part, i) => over[i] * over[3] + part * (1 - over[3])), [255, 255, 255, 1]);
  }

  /** Red, green, blue from 0 to 255 and alpha from 0 to 1, whatever way the colour is written in. */
  function colorOf(css) {
    if (!colors.has(css)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = css;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
      colors.set(css, [red, green, blue, alpha / 255]);
    }
    return colors.get(css);
  }

  function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  function luminance(color) {
    const [red, green, blue] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function nameOf(element) {
    return `${element.tagName.toLowerCase()}${element.className === '' ? '' : `.${String(element.className)}`}`;
  }
}
