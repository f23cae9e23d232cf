/** Rows selected by click, Ctrl, Shift, checkbox or keyboard, as in a list of files. */
export function createSelection(table) {
  const rows = [...table.querySelectorAll('tbody tr[data-id]')];
  const all = document.getElementById('all');
  const status = document.getElementById('selection');
  let anchor = 0;
  let cursor = 0;

  const isSelected = (row) => row.getAttribute('aria-selected') === 'true';
  function mark(row, on) {
    row.setAttribute('aria-selected', String(on));
    row.querySelector('input').checked = on;
  }
  function show() {
    const count = rows.filter(isSelected).length;
    status.textContent = count === 0 ? '' : `${count} selected`;
    all.checked = count === rows.length;
    all.indeterminate = count > 0 && count < rows.length;
  }
  function only(at) {
    rows.forEach((row, index) => mark(row, index === at));
    anchor = cursor = at;
  }
  function toggle(at) {
    mark(rows[at], !isSelected(rows[at]));
    anchor = cursor = at;
  }
  function extend(at) {
    const [from, to] = [Math.min(anchor, at), Math.max(anchor, at)];
    rows.forEach((row, index) => mark(row, index >= from && index <= to));
    cursor = at;
  }
  function focus(at) {
    for (const row of rows) row.tabIndex = -1;
    rows[at].tabIndex = 0;
    rows[at].focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: 'nearest' });
  }

  table.addEventListener('mousedown', (event) => {
    // Shift would select text as well.
    if (event.shiftKey && event.target.closest('tbody')) event.preventDefault();
  });
  table.addEventListener('click', (event) => {
    if (event.target.closest('a')) return;
    const row = event.target.closest('tbody tr[data-id]');
    if (!row) return;
    const at = rows.indexOf(row);
    if (event.shiftKey) extend(at);
    else if (event.ctrlKey || event.metaKey || event.target.closest('.pick')) toggle(at);
    else only(at);
    show();
  });
  all.addEventListener('change', () => {
    for (const row of rows) mark(row, all.checked);
    show();
  });
  table.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[
      event.key
    ];
    if (step !== undefined) {
      const started = document.activeElement?.matches('tr[data-id]');
      const at = started ? Math.min(rows.length - 1, Math.max(0, cursor + step)) : cursor;
      if (event.shiftKey) extend(at);
      else only(at);
      focus(at);
    } else if (event.key === ' ') toggle(cursor);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) for (const row of rows) mark(row, true);
    else if (event.key === 'Escape') for (const row of rows) mark(row, false);
    else return;
    event.preventDefault();
    show();
  });

  return {
    /** Ids in the order of the page. */
    ids: () => rows.filter(isSelected).map((row) => Number(row.dataset.id)),
    /** A right click on a row that is not selected selects it alone. */
    ensure(target) {
      const row = target.closest('tbody tr[data-id]');
      if (!row || isSelected(row)) return;
      only(rows.indexOf(row));
      show();
    },
  };
}
