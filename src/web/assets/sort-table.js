/* Tables of reports sort by the column whose head is pressed: up, then down. */
for (const table of document.querySelectorAll('table[data-sortable]')) {
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => sortBy(table, column, head));
  }
}

function sortBy(table, column, head) {
  const isDescending = head.getAttribute('aria-sort') === 'ascending';
  for (const other of head.parentElement.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
  const compare = comparison(head.dataset.type);
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: row.cells[column].dataset.sort }));
  // Empty cells stay last, whichever way.
  rows.sort(
    (a, b) =>
      (a.value === '') - (b.value === '') || (isDescending ? compare(b.value, a.value) : compare(a.value, b.value)),
  );
  table.tBodies[0].replaceChildren(...rows.map(({ row }) => row));
}

function comparison(type) {
  if (type === 'number') return (a, b) => Number(a) - Number(b);
  const { compare } = new Intl.Collator(undefined, { numeric: type === 'text', sensitivity: 'base' });
  return compare;
}
