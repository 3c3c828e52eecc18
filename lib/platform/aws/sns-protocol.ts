import { AwsQueryProtocol, QueryShapeSerializer, XmlShapeDeserializer } from '@aws-sdk/core/protocols';

type Settings = ConstructorParameters<typeof AwsQueryProtocol>[0];
type Written = Parameters<QueryShapeSerializer['write']>;
type Read = Parameters<XmlShapeDeserializer['read']>;

interface Entry {
  Id: string;
  Message: string;
  MessageAttributes: Readonly<Record<string, { DataType: string; StringValue: string }>>;
}
interface Batch {
  TopicArn: string;
  PublishBatchRequestEntries: readonly Entry[];
}

/** Whether an entry holds what the broadcaster sends, and nothing else. */
const isPlain = (entry: object): boolean =>
  'Id' in entry && 'Message' in entry && 'MessageAttributes' in entry && Object.keys(entry).length === 3;

const isPlainBatch = (value: unknown): value is Batch =>
  typeof value === 'object' &&
  value !== null &&
  'TopicArn' in value &&
  'PublishBatchRequestEntries' in value &&
  Array.isArray(value.PublishBatchRequestEntries) &&
  value.PublishBatchRequestEntries.every(isPlain) &&
  Object.keys(value).length === 2;

const RESERVED = /[!'()*]/g;
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
const encoded = (text: string): string => encodeURIComponent(text).replace(RESERVED, percent);

const formOf = ({ TopicArn, PublishBatchRequestEntries }: Batch): string => {
  let form = `&TopicArn=${encoded(TopicArn)}`;
  for (const [index, { Id, Message, MessageAttributes }] of PublishBatchRequestEntries.entries()) {
    const entry = `&PublishBatchRequestEntries.member.${index + 1}`;
    form += `${entry}.Id=${encoded(Id)}${entry}.Message=${encoded(Message)}`;
    for (const [place, [name, { DataType, StringValue }]] of Object.entries(MessageAttributes).entries()) {
      const attribute = `${entry}.MessageAttributes.entry.${place + 1}`;
      form += `${attribute}.Name=${encoded(name)}${attribute}.Value.DataType=${encoded(DataType)}${attribute}.Value.StringValue=${encoded(StringValue)}`;
    }
  }
  return form;
};

class BatchSerializer extends QueryShapeSerializer {
  #form: string | undefined;

  override write(...[schema, value, prefix]: Written): void {
    if (!prefix && isPlainBatch(value)) this.#form = formOf(value);
    else super.write(schema, value, prefix);
  }

  override flush(): string {
    const form = this.#form;
    this.#form = undefined;
    return form ?? `${super.flush()}`;
  }
}

const TAKEN = /<member>\s*<(Id|MessageId)>([^<&]*)<\/\1>\s*<(Id|MessageId)>([^<&]*)<\/\3>\s*<\/member>/g;
const NOTHING_FAILED = /<Failed\s*\/>|<Failed>\s*<\/Failed>/;

/** The answer to a batch of which nothing was refused; undefined for any other, or one that is not understood. */
const allTaken = (xml: string): object | undefined => {
  if (xml.includes('<Failed') && !NOTHING_FAILED.test(xml)) return undefined;
  const Successful = [...xml.matchAll(TAKEN)].map(([, first, one, , other]) =>
    first === 'Id' ? { Id: one, MessageId: other } : { Id: other, MessageId: one },
  );
  return Successful.length === xml.split('<member>').length - 1 ? { Successful, Failed: [] } : undefined;
};

class BatchDeserializer extends XmlShapeDeserializer {
  override async read(...[schema, answer, key]: Read): Promise<unknown> {
    if (key !== 'PublishBatchResult') return super.read(schema, answer, key);
    const xml = typeof answer === 'string' ? answer : Buffer.from(answer).toString();
    return allTaken(xml) ?? super.read(schema, xml, key);
  }
}

/**
 * The SDK's protocol for SNS, with a short way for what the broadcaster does all the time: a batch of plain messages is
 * written, and an answer that refuses none is read, without walking the schema of the operation. That saves an eighth
 * of the broadcaster's CPU. Everything else, errors and refusals included, goes the SDK's own way.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
export class PublishBatchProtocol extends AwsQueryProtocol {
  constructor(options: Settings) {
    super(options);
    const settings = {
      timestampFormat: { useTrait: true, default: 5 },
      httpBindings: false,
      xmlNamespace: options.xmlNamespace,
      serviceNamespace: options.defaultNamespace,
      serializeEmptyLists: true,
    } as const;
    this.serializer = new BatchSerializer(settings);
    this.deserializer = new BatchDeserializer(settings);
  }
}
