/** The switch "Record clicks": while it is on, each click is also saved as a file that can be played again. */
const KEY = 'record-clicks';

export function createRecorder(box) {
  box.checked = window.localStorage.getItem(KEY) === 'on';
  box.addEventListener('change', () => window.localStorage.setItem(KEY, box.checked ? 'on' : 'off'));
  return {
    /** The file's name, or undefined while the switch is off. */
    save({ url, fields }) {
      if (!box.checked) return undefined;
      const { pathname, searchParams } = new URL(url);
      const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
      const name = `click-${pathname.split('/').at(-1) || 'menu-item'}-${time}.json`;
      download(name, `${JSON.stringify(Object.fromEntries(fields ?? searchParams), null, 2)}\n`);
      return name;
    },
  };
}

function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new window.Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  // Let go once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
