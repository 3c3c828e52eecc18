import { readFileSync } from 'node:fs';
import { Change } from '#lib/events/change.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import { filesOf } from '../../scripts/new-subscriber/files.ts';
import { withInclude, withoutInclude } from '../../scripts/new-subscriber/include.ts';
import { changesOf, namingOf } from '../../scripts/new-subscriber/naming.ts';

describe('a name', () => {
  test('names folder, function and queue', () => {
    expect(namingOf('audit-log', [])).toEqual({ name: 'audit-log', key: 'auditLog', queue: 'AuditLogQueue' });
  });

  test.each([
    [undefined, 'Which name?'],
    ['AuditLog', 'cannot be a name'],
    ['audit_log', 'cannot be a name'],
    ['-audit', 'cannot be a name'],
    ['audit--log', 'cannot be a name'],
    ['2nd', 'cannot be a name'],
    ['../audit', 'cannot be a name'],
    ['a-very-long-name-for-a-subscriber', 'at most 24 characters, not 27'],
    ['http-api', 'is taken'],
    ['search-posts2', 'as another is'],
  ])('%s is refused with a reason', (name, reason) => {
    expect(() => namingOf(name, ['search-posts', 'searchPosts2'])).toThrow(reason);
  });
});

describe('changes', () => {
  test('are separated by commas, each once', () => {
    expect(changesOf(' published, edited,published')).toEqual(['published', 'edited']);
  });

  test.each([undefined, '', ',', 'deleted', 'published;edited'])(
    '%j is refused, and told what there is',
    (text) => {
      expect(() => changesOf(text)).toThrow(Change.options.join(', '));
    },
  );
});

describe('serverless.yml', () => {
  const configuration = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');

  test('gets one line among the functions, and is as before without it', () => {
    const included = withInclude(configuration, 'audit-log');
    const functions = included.slice(included.indexOf('\nfunctions:'), included.indexOf('\nresources:'));
    expect(functions).toContain(`\n  - \${file(functions/audit-log/function.yml)}\n`);
    expect(withoutInclude(included, 'audit-log')).toBe(configuration);
  });
});

describe('the files', () => {
  const naming = namingOf('audit-log', []);

  test('leave no placeholder and are the same each time', () => {
    const files = filesOf(naming, Change.options);
    expect([...files.values()].join('\n')).not.toMatch(/__[A-Z_]+__/);
    expect(filesOf(naming, Change.options)).toEqual(files);
  });

  test.each(Change.options)('hold an event of "%s" that keeps the contract', (change) => {
    const sample = JSON.parse(filesOf(naming, [change]).get('events/audit-log.json') ?? '');
    expect(sample.Records).toHaveLength(1);
    expect(PostEvent.parse(JSON.parse(sample.Records[0].body)).change).toBe(change);
  });
});
