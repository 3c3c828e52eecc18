const { DeleteObjectCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');

const s3 = new S3Client({ forcePathStyle: true });
const Bucket = process.env.BUCKET;

exports.upload = async ({ body }) => {
  const { key, text } = JSON.parse(body);
  await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: text }));
  return { statusCode: 201 };
};

exports.remove = async ({ body }) => {
  await s3.send(new DeleteObjectCommand({ Bucket, Key: JSON.parse(body).key }));
  return { statusCode: 204 };
};

/** A key in a notification is encoded as in an HTML form. */
const keyOf = ({ s3: { object } }) => decodeURIComponent(object.key.replaceAll('+', ' '));

exports.index = async ({ Records }) => {
  for (const record of Records)
    console.log(`${record.eventName} ${keyOf(record)}, ${record.s3.object.size} bytes`);
};

exports.archive = async ({ Records }) => {
  for (const { body } of Records)
    for (const record of JSON.parse(body).Records) console.log(`${record.eventName} ${keyOf(record)}`);
};
