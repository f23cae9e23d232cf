/* Follows a run that is in progress: asks for its JSON once a second, moves the bar, and loads the page anew at the end. */
const view = document.querySelector('[data-run-progress]');
if (view !== null) {
  const bar = view.querySelector('progress');
  const text = view.querySelector('[data-progress-text]');
  const follow = async () => {
    try {
      const answer = await fetch(location.pathname, { headers: { accept: 'application/json' } });
      if (answer.ok) {
        const run = await answer.json();
        if (run.finished) {
          location.reload();
          return;
        }
        bar.max = run.total;
        bar.value = run.settled;
        text.textContent = `${run.settled} of ${run.total}`;
      }
    } catch {
      /* The server may be restarting; the run goes on without us. */
    }
    setTimeout(follow, 1000);
  };
  setTimeout(follow, 400);
}
