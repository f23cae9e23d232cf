/* global document */
/**
 * Runs inside a page: the language that it is in, and everything that it says to a reader. What is marked as English, code or a
 * time is left out. The text is one, since the marks around a part of it may stand in different elements.
 */
export function readTexts() {
  const { title, documentElement, body } = document;
  const rest = body.cloneNode(true);
  // Where scripts run, a page for readers without them is plain text.
  for (const one of rest.querySelectorAll('noscript')) {
    const template = document.createElement('template');
    template.innerHTML = one.textContent;
    one.replaceWith(template.content);
  }
  for (const one of rest.querySelectorAll('[lang="en"], code, pre, time, script, style')) one.remove();
  // Two words beside each other are two.
  const nodes = document.createTreeWalker(rest, 4);
  const words = [];
  while (nodes.nextNode()) words.push(nodes.currentNode.data);
  const all = [...rest.querySelectorAll('*')];
  const said = all.flatMap((element) =>
    ['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name)),
  );
  const buttons = all.filter((element) => element.matches('input:is([type=submit], [type=button], [type=reset])'));
  return {
    language: documentElement.lang,
    texts: [title, words.join('\n'), ...said, ...buttons.map(({ value }) => value)].filter((text) => text),
  };
}
