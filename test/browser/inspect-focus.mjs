/* global document, getComputedStyle */
/**
 * Runs inside a page, after the keyboard was used: gives the focus to each thing that the Tab key reaches, and names those on
 * which nobody would see it. An empty list is good.
 */
export function inspectFocus() {
  const troubles = [];
  document.activeElement.blur();
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')) {
    if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    const before = lookOf(element);
    element.focus({ focusVisible: true });
    if (document.activeElement !== element) troubles.push(`cannot have the focus: ${nameOf(element)}`);
    else if (lookOf(element) === before) troubles.push(`the focus is not seen: ${nameOf(element)}`);
    else if (element.getBoundingClientRect().right <= 0)
      troubles.push(`out of sight with the focus: ${nameOf(element)}`);
    if (element.tabIndex > 0) troubles.push(`out of turn: ${nameOf(element)}`);
  }
  return [...new Set(troubles)];

  function lookOf(element) {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle === 'none' ? 'none' : outlineWidth;
  }

  function nameOf(element) {
    return `${element.tagName.toLowerCase()}${element.className === '' ? '' : `.${String(element.className)}`}`;
  }
}
