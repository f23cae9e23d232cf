/* Forms: fields that depend on another appear with it, and links are chosen from what the site finds while one types. */

/* What comboboxes say, in the language of the page: see `combobox-texts.eta`. A form without any has none of it. */
const texts = JSON.parse(document.querySelector('[data-combobox-texts]')?.dataset.comboboxTexts ?? null);

for (const field of document.querySelectorAll('[data-only-when]')) dependOn(field);
for (const box of document.querySelectorAll('[data-combobox]')) combobox(box);

/* Hidden fields are not sent: what they hold would not count anyway. */
function dependOn(field) {
  const { field: name, is } = JSON.parse(field.dataset.onlyWhen);
  const source = document.querySelector(`[data-field="${name}"] :is(input, select, textarea)`);
  if (source === null) return;
  const show = () => {
    const value = source.type === 'checkbox' ? source.checked : source.value;
    const isAsked = is.includes(value) && !source.disabled;
    field.hidden = !isAsked;
    for (const control of field.querySelectorAll('input, select, textarea')) {
      control.disabled = !isAsked;
      control.dispatchEvent(new Event('change'));
    }
  };
  // Whoever sees the field appear need not read when it does.
  for (const help of field.querySelectorAll('[data-condition]')) help.hidden = true;
  source.addEventListener('change', show);
  show();
}

/* The combobox pattern of the ARIA practices: focus stays in the text, arrows move through the list below it. */
function combobox(box) {
  const input = box.querySelector('input[type=text]');
  const isMultiple = box.dataset.multiple === 'true';
  const list = element('ul', {
    id: `${input.id}-list`,
    role: 'listbox',
    'aria-label': texts.matchList,
    hidden: '',
    class: 'options',
  });
  const status = element('p', { role: 'status', class: 'visually-hidden' });
  box.append(list, status);
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-autocomplete', 'list'],
    ['aria-expanded', 'false'],
    ['aria-controls', list.id],
  ]) {
    input.setAttribute(name, value);
  }
  if (isMultiple) input.placeholder = texts.typeAndChoose;
  let options = [];
  let current = -1;
  let waiting;
  let asked = 0;

  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 200);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) void search();
      else move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && !list.hidden && current >= 0) {
      event.preventDefault();
      choose(options[current]);
    }
  });
  input.addEventListener('blur', () => setTimeout(close, 150));

  async function search() {
    const text = input.value
      .split(isMultiple ? /[,;]/ : /$^/)
      .at(-1)
      .trim();
    const mine = (asked += 1);
    if (text === '') {
      close();
      return;
    }
    let found;
    try {
      const address = `${box.dataset.combobox}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { headers: { accept: 'application/json' } });
      found = answer.ok ? (await answer.json()).options : undefined;
    } catch {
      found = undefined;
    }
    // An older question that is answered late says nothing about what stands there now.
    if (mine !== asked || document.activeElement !== input) return;
    if (found === undefined) status.textContent = texts.listUnreadable;
    else show(found);
  }

  function show(found) {
    options = found;
    current = -1;
    list.replaceChildren(
      ...found.map((option, at) => {
        const item = element('li', { id: `${list.id}-${at}`, role: 'option', 'aria-selected': 'false' });
        item.append(option.name, ' ', element('span', { class: 'soft' }, detailOf(option)));
        item.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          choose(option);
        });
        return item;
      }),
    );
    if (found.length === 0) list.append(element('li', { class: 'soft none' }, texts.nothingFound));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    status.textContent = texts.matches[found.length];
  }

  function move(step) {
    if (options.length === 0) return;
    current = current < 0 && step < 0 ? options.length - 1 : (current + step + options.length) % options.length;
    for (const [at, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(at === current));
      if (at !== current) continue;
      item.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', item.id);
    }
  }

  function choose(option) {
    const picks = picksOf(box);
    const value = `${option.type}:${option.id}`;
    if (!isMultiple) picks.replaceChildren();
    const known = [...picks.querySelectorAll('input')].find((pick) => pick.value === value);
    if (known) known.checked = true;
    else {
      const pick = element('input', { type: 'checkbox', name: box.dataset.pick, value });
      pick.checked = true;
      const label = element('label', {});
      label.append(pick, ' ', option.name, ' ', element('span', { class: 'soft' }, detailOf(option)));
      const item = element('li', {});
      item.append(label);
      picks.append(item);
    }
    input.value = '';
    status.textContent = texts.nameChosen.replace('{name}', () => option.name);
    close();
    input.focus();
  }

  function close() {
    clearTimeout(waiting);
    asked += 1;
    list.hidden = true;
    current = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }
}

function picksOf(box) {
  const present = box.querySelector('[data-picks]');
  if (present !== null) return present;
  const picks = element('ul', { class: 'picks', 'data-picks': '', 'aria-label': texts.chosen });
  box.prepend(picks);
  return picks;
}

function detailOf({ type, id, linkedTo }) {
  return linkedTo ? `${type} ${id} · ${linkedTo}` : `${type} ${id}`;
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
