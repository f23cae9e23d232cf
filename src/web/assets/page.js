/*
 * Every page. Times come as UTC text; here they get the reader's own clock and language, and keep UTC as their title. What
 * was refused gets the focus, so that it is read first; so does what became of a run whose page was loaded anew.
 */
const form = new Intl.DateTimeFormat(navigator.languages, { dateStyle: 'medium', timeStyle: 'short' });
for (const element of document.querySelectorAll('time[datetime]')) {
  element.title = element.textContent;
  element.textContent = form.format(new Date(element.dateTime));
}

document.querySelector('main [role=alert]')?.focus();

if (history.state?.isOver) {
  history.replaceState(null, '');
  const heading = document.querySelector('h1');
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
