/** Puts a page together: selection, menu, launches and live updates. */
import { createMenu } from './menu.js';
import { createRecorder } from './recorder.js';
import { createSelection } from './selection.js';
import { createUpdates } from './updates.js';
import { launch } from './launch.js';

const site = document.getElementById('site');
const table = document.getElementById('grid');
const selection = table ? createSelection(table) : detailSelection();
const updates = createUpdates(site.dataset.session);
const recorder = createRecorder(document.getElementById('record'));

createMenu({
  menu: document.getElementById('menu'),
  gear: document.getElementById('gear'),
  surface: table ?? document.querySelector('.detail'),
  selection,
  async choose(item) {
    const click = {
      item: Number(item.dataset.itemId),
      page: Number(site.dataset.page),
      type: site.dataset.type,
      selected: selection.ids(),
      sort: site.dataset.sort,
      session: site.dataset.session,
    };
    await launch(item, click, recorder);
    if (item.dataset.poll === 'yes') updates.start();
  },
});

document.getElementById('as').addEventListener('change', (event) => event.target.form.submit());

function detailSelection() {
  const id = Number(document.querySelector('.detail').dataset.id);
  return { ids: () => [id], ensure: () => undefined };
}
