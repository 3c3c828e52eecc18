import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('s3-events');
}, 120_000);
afterAll(() => example.end());

test('a function, a queue and a topic hear of the objects that they asked for', async () => {
  await example.post('/photos', { key: 'photos/a summer day.jpg', text: 'sun' });
  await example.post('/photos', { key: 'photos/notes.txt', text: 'words' });
  await example.post('/photos', { key: 'drafts/other.jpg', text: 'sun' });
  await fetch(`${example.stack.running.apiUrl}/photos`, {
    method: 'DELETE',
    body: JSON.stringify({ key: 'photos/a summer day.jpg' }),
  });
  await example.printed('ObjectCreated:Put photos/a summer day.jpg, 3 bytes');
  await example.printed('ObjectRemoved:Delete photos/a summer day.jpg');
  const [note] = await example.receive('Notes');
  expect(JSON.parse(note?.Body ?? '')).toMatchObject({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: 'photos/notes.txt', size: 5 } } }],
  });
  await example.stack.untilQuiet(20_000);
  expect(example.stack.output()).not.toMatch(/ObjectCreated:Put (drafts|photos\/notes)/);
});
