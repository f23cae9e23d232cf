/*
 * Asks every two seconds what became of the approval, and goes on: to the action once it is given, to the page that says why not
 * otherwise. Without script the page is loaded anew now and then.
 */
const view = document.querySelector('[data-approval]');
if (view !== null) {
  const { approval: path } = view.dataset;
  view.querySelector('[data-refresh]').hidden = true;

  const look = async () => {
    try {
      const answer = await fetch(path, { headers: { accept: 'application/json' }, cache: 'no-store' });
      const { state, next } = await answer.json();
      if (state === 'approved') return location.replace(next);
      // Also when nobody is signed in any more: the page knows where to go.
      if (state !== 'waiting') return location.replace(path);
    } catch {
      // The network is away for a moment.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
}
