/*
 * The window that a frame in ShotGrid's page opened: gives the one-time code to its opener, to a page of our own origin and to
 * nobody else, until that says that it is signed in. Without an opener the click goes on here.
 */
const view = document.querySelector('[data-pop-out-of]');
if (view !== null) {
  const handing = view.querySelector('[data-handing]');
  const here = view.querySelector('[data-here]');
  const { popOutOf: launch, code } = view.dataset;
  const { opener } = window;
  const EVERY_MS = 300;
  const PATIENCE_MS = 6000;

  if (opener === null) view.querySelector('[data-here-form]').submit();
  else {
    handing.hidden = false;
    here.hidden = true;
    const offer = () => opener.postMessage({ understudy: 'hand-over', launch, code }, location.origin);
    const beat = window.setInterval(offer, EVERY_MS);
    const giveUp = setTimeout(() => {
      window.clearInterval(beat);
      handing.hidden = true;
      here.hidden = false;
    }, PATIENCE_MS);
    window.addEventListener('message', ({ origin, source, data }) => {
      if (origin !== location.origin || source !== opener || data?.understudy !== 'taken') return;
      window.clearInterval(beat);
      clearTimeout(giveUp);
      handing.hidden = true;
      here.hidden = true;
      view.querySelector('[data-done]').hidden = false;
      window.close();
    });
    offer();
  }
}
