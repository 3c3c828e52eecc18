import { writeFileSync } from 'node:fs';
import { CONTRACTS, contractText } from './contracts/index.ts';

for (const [file, document] of Object.entries(CONTRACTS)) {
  writeFileSync(new URL(`../docs/${file}`, import.meta.url), contractText(await document()));
  console.log(`docs/${file}`);
}
