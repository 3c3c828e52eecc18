import type { Page } from '../../page.ts';
import { Empty } from '../../ui/empty.tsx';

const MapPage = () => <Empty title="Map">Nothing is drawn yet.</Empty>;

export const map: Page = {
  name: 'map',
  title: 'Map',
  about: 'What the template declares, live',
  Content: MapPage,
};
