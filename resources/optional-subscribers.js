// Subscribers that are in the template only when a parameter of theirs is "on", with what else belongs to them.
const SUBSCRIBERS = {
  archive: { function: 'functions/archive/function.yml', resources: 'resources/archive.yml' },
  reminders: {
    function: 'functions/draft-reminders/function.yml',
    resources: 'functions/draft-reminders/queue.yml',
  },
};

const isOn = async (parameter, resolveVariable) => {
  const value = await resolveVariable(`param:${parameter}`);
  if (value !== 'on' && value !== 'off') {
    throw new Error(`The parameter "${parameter}" must be on or off and is "${value}"`);
  }
  return value === 'on';
};

/** One part of each subscriber that is switched on. */
const partsOf = async (part, resolveVariable) => {
  const parts = [];
  for (const [parameter, files] of Object.entries(SUBSCRIBERS)) {
    if (await isOn(parameter, resolveVariable)) parts.push(await resolveVariable(`file(${files[part]})`));
  }
  return parts;
};

/** @see https://www.serverless.com/framework/docs/providers/aws/guide/variables#reference-properties-in-javascript-files */
module.exports = {
  /** Function definitions by key. */
  functions: async ({ resolveVariable }) =>
    Object.assign({}, ...(await partsOf('function', resolveVariable))),
  /** Resources, outputs and extensions, as in a file of resources. */
  resources: async ({ resolveVariable }) => {
    const merged = { Resources: {}, Outputs: {}, extensions: {} };
    for (const parts of await partsOf('resources', resolveVariable)) {
      for (const [section, entries] of Object.entries(parts)) Object.assign(merged[section], entries);
    }
    return merged;
  },
};
