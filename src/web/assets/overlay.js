/*
 * Every page in ShotGrid's overlay. Opens the window to sign in in, takes the one-time code that it gives, from our own origin
 * alone, and follows a click that went on there instead.
 */
const signIn = document.querySelector('[data-sign-in]');
const moved = document.querySelector('[data-follow]:not([data-over])');
const FOLLOW_MS = 2000;
let taken = false;
let following;

window.addEventListener('message', ({ origin, source, data }) => {
  if (origin !== location.origin || data?.understudy !== 'hand-over') return;
  if (signIn === null) {
    // This is the page after the sign-in: the window has done its work.
    if ('signedIn' in document.body.dataset) source.postMessage({ understudy: 'taken' }, location.origin);
    return;
  }
  if (taken || signIn.dataset.signIn !== `/launches/${data.launch}` || typeof data.code !== 'string') return;
  taken = true;
  const form = signIn.querySelector('[data-hand-over]');
  form.elements.code.value = data.code;
  form.submit();
});

for (const link of signIn?.querySelectorAll('[data-pop-out]') ?? []) {
  link.addEventListener('click', (event) => {
    // A tab would hide the page that waits for it. Where the browser holds a window back, the link opens a tab after all.
    const name = `sign-in${signIn.dataset.signIn.replaceAll('/', '-')}`;
    const opened = window.open(link.href, name, 'popup,width=520,height=680');
    if (opened !== null) event.preventDefault();
    signIn.querySelector('[data-blocked]').hidden = opened !== null;
    signIn.querySelector('[data-waiting]').hidden = false;
    follow(signIn.dataset.signIn, 'waiting');
  });
}
if (moved !== null) follow(moved.dataset.follow, moved.dataset.mark);

function follow(path, mark) {
  window.clearInterval(following);
  following = window.setInterval(async () => {
    try {
      const answer = await fetch(`${path}/where`, { headers: { accept: 'application/json' } });
      const now = answer.ok ? (await answer.json()).mark : mark;
      if (!taken && now !== mark) location.reload();
    } catch {
      // The server may be away for a moment.
    }
  }, FOLLOW_MS);
}
