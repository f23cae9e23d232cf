/** Launches a menu item: the site's server makes and signs the form, the browser posts it. */
export async function launch(item, click, recorder) {
  const response = await fetch('/_web/launch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(click),
  });
  const answer = await response.json();
  if (!response.ok) return toast(answer.message);
  const target = answer.overlay ? openOverlay(item.dataset.menuItem) : '_blank';
  if (answer.method === 'POST') post(answer.url, answer.fields, target);
  else if (/^https?:/i.test(answer.url)) window.open(answer.url, target);
  else location.href = answer.url;
  const file = recorder.save(answer);
  toast(file ? `${item.dataset.menuItem} started, and saved as ${file}` : `${item.dataset.menuItem} started`);
}

function post(url, fields, target) {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = url;
  form.target = target;
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

function openOverlay(title) {
  const dialog = document.getElementById('overlay');
  const frame = dialog.querySelector('iframe');
  document.getElementById('overlay-title').textContent = title;
  dialog.addEventListener('close', () => (frame.src = 'about:blank'), { once: true });
  if (!dialog.open) dialog.showModal();
  return frame.name;
}

let hide;
function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (box.hidden = true), 3500);
}
