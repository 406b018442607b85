import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { type Scenario, type ScenarioSource, scenariosOf } from './scenario.ts';

/** Beside the built program; and where they are written, when it runs from its sources. */
const BUILT = new URL('./scenarios.json', import.meta.url);
const WRITTEN = new URL('../../../test/e2e/cases/', import.meta.url);

/** Every scenario that can be practised, the first lesson first. */
export function loadScenarios(): Scenario[] {
  return scenariosOf(
    existsSync(BUILT)
      ? (JSON.parse(readFileSync(BUILT, 'utf8')) as ScenarioSource[])
      : readFolders(fileURLToPath(WRITTEN)),
  );
}

const readFolders = (place: string): ScenarioSource[] =>
  readdirSync(place).map((folder) => {
    const read = (name: string) => readFileSync(`${place}/${folder}/${name}`, 'utf8');
    return { folder, content: load(read('case.yaml')) as ScenarioSource['content'], manifests: read('manifests.yaml') };
  });
