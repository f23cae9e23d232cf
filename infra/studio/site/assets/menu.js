/** The right-click menu with the Action Menu Items of this page. */
export function createMenu({ menu, gear, surface, selection, choose }) {
  const items = [...menu.querySelectorAll('[data-menu-item]')];
  let opener = null;

  function open(x, y) {
    opener = document.activeElement;
    const nothing = selection.ids().length === 0;
    for (const item of items) item.disabled = nothing && item.dataset.needsSelection === 'yes';
    menu.hidden = false;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, window.innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, window.innerHeight - height - 8))}px`;
    items.find((item) => !item.disabled)?.focus();
  }
  function close() {
    if (menu.hidden) return;
    menu.hidden = true;
    opener?.focus?.({ preventScroll: true });
  }

  surface.addEventListener('contextmenu', (event) => {
    if (event.target.closest('thead')) return;
    event.preventDefault();
    selection.ensure(event.target);
    // The menu key has no place of its own: use the row's.
    const box = event.target.getBoundingClientRect();
    open(event.clientX || box.left + 24, event.clientY || box.top + 24);
  });
  gear.addEventListener('click', () => {
    const box = gear.getBoundingClientRect();
    open(box.left, box.bottom + 4);
  });
  document.addEventListener('mousedown', (event) => {
    if (!event.target.closest('#menu')) close();
  });
  window.addEventListener('blur', close);
  menu.addEventListener('keydown', (event) => {
    const enabled = items.filter((item) => !item.disabled);
    const at = enabled.indexOf(document.activeElement);
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key === 'ArrowDown') enabled[(at + 1) % enabled.length]?.focus();
    else if (event.key === 'ArrowUp') enabled.at(at - 1)?.focus();
    else return;
    event.preventDefault();
  });
  menu.addEventListener('click', async (event) => {
    const item = event.target.closest('[data-menu-item]');
    if (!item || item.disabled) return;
    close();
    await choose(item);
  });
}
