import { writeFileSync } from 'node:fs';
import { runTool } from '../ops/run-tool.ts';
import { CONTRACTS, contractText } from './contracts/index.ts';

const HELP = 'npm run contracts\n\nWrites OpenAPI, AsyncAPI and JSON Schema into docs/ from the code.';

await runTool({ help: HELP, options: {} }, async () => {
  for (const [file, document] of Object.entries(CONTRACTS)) {
    writeFileSync(new URL(`../docs/${file}`, import.meta.url), contractText(await document()));
    console.log(`docs/${file}`);
  }
  return 0;
});
