import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderMarkdown } from '../render/markdown.ts';
import type { Report } from '../render/report.ts';
import { clean } from '../render/sanitize.ts';
import { wizard as text } from '../text/en/wizard.ts';
import type { Run } from './run.ts';

/** The report to paste: printed, or saved beside where svc-debug runs. No file is overwritten. */
export async function saveReport({ host, screen, view }: Run, report: Report): Promise<void> {
  const markdown = renderMarkdown(clean(report), view);
  const name = `svc-debug-${report.target.service}-${report.startedAt.replace(/[-:]|\.\d+/g, '')}.md`;
  const answer = await screen.ask((prompter) =>
    prompter.select(
      text.save.where,
      [
        { value: 'print', label: text.save.print },
        { value: 'file', label: text.save.file(name) },
      ],
      0,
    ),
  );
  if (answer === 'print') screen.print(`\n${markdown}\n`);
  if (answer === 'file') screen.say(`${await saved(path.join(host.cwd, name), name, markdown)}\n`);
}

async function saved(file: string, name: string, content: string): Promise<string> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return text.save.saved(name);
  } catch (error) {
    return text.save.failed(name, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}
