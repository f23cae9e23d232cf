/* While hosts are asked: looks every second whether that has come to its end, and shows the page anew then. */
if (document.querySelector('[data-checking]') !== null) setTimeout(look, 1_000);

async function look() {
  let isOver = false;
  try {
    const answer = await fetch('/admin/inventory/probe', { headers: { accept: 'application/json' } });
    // Whatever is no answer to the question the page itself explains best.
    isOver = !answer.ok || (await answer.json()).state !== 'checking';
  } catch {
    // The next second may know more.
  }
  if (isOver) location.reload();
  else setTimeout(look, 1_000);
}
