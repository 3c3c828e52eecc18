/** Rights that the end-to-end suite does not use, and why they are granted all the same. */
export const EXPECTED_UNUSED: readonly {
  functionKey?: string;
  action: RegExp;
  resource?: RegExp;
  reason: string;
}[] = [
  { action: /^logs:/, reason: 'Lambda writes the log in the role of the function; here it goes to files' },
  { action: /^xray:/, reason: 'Lambda sends traces in the role of the function; here nobody collects them' },
  {
    functionKey: 'pushNotifications',
    action: /^(dynamodb:(Put|Update|Delete)Item|secretsmanager:GetSecretValue)$/,
    resource: /Deliveries|Secret/,
    reason: 'sending to a device takes a push service; npm run chaos -w lab has one, and uses them',
  },
  {
    functionKey: 'pushNotifications',
    action: /^dynamodb:DeleteItem$/,
    resource: /Devices/,
    reason: 'a push service must call a device gone; tests/push/web-push.test.ts has one that does',
  },
  {
    functionKey: 'rebuildSearch',
    action: /^dynamodb:Query$/,
    resource: /SearchIndex/,
    reason: 'a rebuild looks up the hints of a post that is gone; tests/search/rebuild.test.ts does it',
  },
];
