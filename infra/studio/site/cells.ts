/** How one field of one row looks in a grid or on a detail page. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Field } from './schema.ts';
import type { Row, Store } from './store.ts';
import { fieldOf, linksIn, nameOf, readField } from './values.ts';

const HAS_PAGE = ['Version', 'Shot', 'Task', 'Asset', 'Sequence', 'HumanUser', 'Playlist', 'Note'];

export function cell(store: Store, row: Row, name: string): Html {
  const field = fieldOf(row.type, name);
  if (!field) return html``;
  const value = readField(store, row, field);
  switch (field.dataType) {
    case 'image':
      return html`<img src="/_thumbnails/${row.type}/${row.id}.svg" alt="" width="96" height="54" loading="lazy" />`;
    case 'status_list':
      return typeof value === 'string' ? statusPill(field, value) : html``;
    case 'date_time':
      return typeof value === 'string'
        ? html`<time datetime="${value}">${value.slice(0, 16).replace('T', ' ')}</time>`
        : html``;
    case 'entity':
    case 'multi_entity':
      return html`${linksIn(value).map((target, at) => html`${at > 0 ? ', ' : ''}${linkCell(store, target)}`)}`;
    case 'checkbox':
      return html`${value === true ? 'Yes' : 'No'}`;
    default:
      return html`${typeof value === 'string' || typeof value === 'number' ? value : ''}`;
  }
}

function statusPill(field: Field, code: string): Html {
  return html`<span class="status" data-status="${code}">${field.displayValues[code] ?? code}</span>`;
}

function linkCell(store: Store, target: { readonly type: string; readonly id: number }): Html {
  const name = nameOf(store, target);
  if (target.type === 'HumanUser') {
    const initials = name.split(' ').map((word) => word.charAt(0));
    return html`<span class="person"
      ><i data-hue="${target.id % 7}" aria-hidden="true">${initials.join('')}</i>${name}</span
    >`;
  }
  return HAS_PAGE.includes(target.type)
    ? html`<a href="/detail/${target.type}/${target.id}">${name}</a>`
    : html`${name}`;
}
