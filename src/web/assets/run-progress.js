/*
 * Follows a run that is in progress by server-sent events: moves the bar and the counts, and loads the page anew at the end.
 * A stream that breaks is opened again by the browser; where none can be had, the page is loaded anew now and then.
 */
const view = document.querySelector('[data-run-progress]');
if (view !== null) {
  const bar = view.querySelector('progress');
  const text = view.querySelector('[data-progress-text]');
  const spoken = view.querySelector('[data-progress-spoken]');
  const numbers = new Intl.NumberFormat(navigator.languages);
  let tenths = -1;

  // The sentence is the page's; only the numbers in it are written here.
  const fill = (place, count) => {
    for (const one of text.querySelectorAll(place)) one.textContent = numbers.format(count);
  };

  const show = ({ settled, total, counts }) => {
    bar.max = total;
    bar.value = settled;
    fill('[data-settled]', settled);
    fill('[data-total]', total);
    // Said aloud at every tenth, not at every row.
    if (total > 0 && Math.floor((settled / total) * 10) !== tenths) {
      tenths = Math.floor((settled / total) * 10);
      spoken.textContent = text.textContent;
    }
    for (const [outcome, count] of Object.entries(counts)) {
      const tally = document.querySelector(`[data-tally="${outcome}"]`);
      if (tally === null) continue;
      tally.querySelector('b').textContent = numbers.format(count);
      tally.hidden = count === 0;
    }
  };

  const events = new EventSource(view.dataset.events);
  events.addEventListener('progress', (event) => {
    const progress = JSON.parse(event.data);
    if ('total' in progress) show(progress);
  });
  events.addEventListener('end', () => {
    events.close();
    // The page that comes tells by this that its reader was waiting for it.
    history.replaceState({ isOver: true }, '');
    location.reload();
  });
  events.addEventListener('error', () => {
    // Closed for good: refused, or nobody is signed in any more.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}
