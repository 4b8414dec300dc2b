'use strict';
// The verdicts, for a terminal, as Markdown, and as JSON.

const CONFIDENCES = ['known', 'observed', 'inferred', 'not verified'];

const count = (rows, target, word) => rows.filter((row) => row.verdicts[target].word === word).length;

// For each confidence and target: how many hold, of how many.
function summary(rows, names) {
  return CONFIDENCES.filter((confidence) => rows.some((row) => row.confidence === confidence)).map((confidence) => {
    const own = rows.filter((row) => row.confidence === confidence);
    return [confidence, ...names.map((_, target) => {
      const warned = count(own, target, 'warns');
      return `${count(own, target, 'holds')} of ${own.length}${warned > 0 ? `, ${warned} warned of` : ''}`;
    })];
  });
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function columns(rows) {
  const widths = rows[0].map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  return rows.map((row) => row.map((cell, n) => cell.padEnd(widths[n])).join('  ').trimEnd()).join('\n');
}

function table(form, rows, names) {
  if (form === 'json') {
    const verdicts = (row) => Object.fromEntries(names.map((name, n) => [name, row.verdicts[n]]));
    return `${JSON.stringify(rows.map((row) => ({ ...row, verdicts: verdicts(row) })), null, 2)}\n`;
  }
  const head = ['rule', 'confidence', ...names];
  if (form === 'markdown') {
    const cells = rows.map((row) => [`\`${row.name}\``, row.confidence, ...row.verdicts.map(({ word, why }) => (why === undefined ? word : `${word}: ${why}`))]);
    return `${markdown(['confidence', ...names], summary(rows, names))}\n\n${markdown(head, cells)}\n`;
  }
  const words = rows.map((row) => [row.name, row.confidence, ...row.verdicts.map(({ word }) => word)]);
  const whys = rows.flatMap((row) => row.verdicts.flatMap(({ word, why }, n) => (why === undefined ? [] : [`${row.name}: ${names[n]} ${word}: ${why}`])));
  const totals = summary(rows, names).map(([confidence, ...cells]) => ['', confidence, ...cells]);
  return `${columns([head, ...words, ['', ...names.map(() => ''), ''], ...totals])}\n${whys.length > 0 ? `\n${whys.join('\n')}\n` : ''}`;
}

module.exports = { table };
