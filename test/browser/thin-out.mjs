/* global document */
/**
 * Runs inside a page: of many rows, entries or bars that are built alike (the same elements, classes and attributes) leaves the first
 * three: what is wrong with the hundredth is wrong with them too. Returns the skeleton of what is left, which is the same for
 * two pages that differ in words alone.
 */
export function thinOut() {
  for (const list of document.querySelectorAll('tbody, ul, ol, dl, select, svg')) {
    const seen = new Map();
    for (const item of [...list.children]) {
      const skeleton = skeletonOf(item);
      const times = (seen.get(skeleton) ?? 0) + 1;
      seen.set(skeleton, times);
      if (times > 3) item.remove();
    }
  }
  return skeletonOf(document.documentElement);

  function skeletonOf(element) {
    return `<${[element.tagName, ...[...element.attributes].map(attributeText)].join(' ')}>${[...element.childNodes].map(partOf).join('')}/`;
  }

  function partOf(node) {
    if (node.nodeType === 1) return skeletonOf(node);
    return node.nodeType === 3 && node.data.trim() !== '' ? '…' : '';
  }

  /** Without values that are words, addresses or names. */
  function attributeText({ name, value }) {
    return /^(?:class|role|type|scope|lang|tabindex|autocomplete|aria-(?!label$|describedby|controls).*)$/.test(name)
      ? `${name}=${value}`
      : name;
  }
}
