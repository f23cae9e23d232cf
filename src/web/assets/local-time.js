/* Times come as UTC text; here they get the reader's own clock, and keep UTC as their title. */
const form = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
for (const element of document.querySelectorAll('time[datetime]')) {
  element.title = element.textContent;
  element.textContent = form.format(new Date(element.dateTime));
}
