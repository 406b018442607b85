import type { ChangesText } from '../changes.ts';

const by = (manager: string) => (manager ? ` by ${manager}` : '');
const revision = (detail: string) => (detail ? `, revision ${detail}` : '');
const what = (fields: readonly string[]) => (fields.length > 0 ? ` (${fields.join(', ')})` : '');

export const changes: ChangesText = {
  label: 'CHANGED',
  title: 'What changed, the newest first',
  says: {
    created: (p, ago) => `${ago} ago  ${p.object} was created${by(p.by)}${revision(p.detail)}`,
    changed: (p, ago) => `${ago} ago  ${p.object} was changed${by(p.by)}${what(p.fields)}${revision(p.detail)}`,
    restarted: (p, ago) => `${ago} ago  ${p.object} was restarted (${p.detail})`,
    condition: (p, ago) => `${ago} ago  ${p.object}: ${p.detail} since then`,
  },
};
