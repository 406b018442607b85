import fc from 'fast-check';

/** What a terminal, or a reader, could be misled by. */
export const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const sequences = ['\x1b[31m', '\x1b]0;t\x07', '\x1b]8;;http://x\x1b\\', '\x9b2J', '\x1b', '\x9d'];
const marks = ['\u202e', '\u2066', '\u200b', '\ufeff', '\u2028', '\ud800', '\r', '\n', '\t', '\0'];
const markdown = ['```', '````sh', '~~~', '# ', '- ', '<script>', '![x](http://x)', '@all', '|', '`', '</details>'];
const words = ['HOSTILE', 'pod', ' ', '$(reboot)', "'", '"', '%s', '웹'];

/** Text as a cluster may hold it when somebody means ill. */
export const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc
    .array(fc.constantFrom(...sequences, ...marks, ...markdown, ...words), { maxLength: 30 })
    .map((parts) => parts.join('')),
);
