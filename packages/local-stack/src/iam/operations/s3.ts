import type { Need, NeedContext, Operation, ServiceCall } from './need.ts';

/** Operations that a query parameter chooses: on an object or a bucket, by method. */
const BY_PARAMETER: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>> = {
  tagging: { GET: 'GetObjectTagging', PUT: 'PutObjectTagging', DELETE: 'DeleteObjectTagging' },
  acl: { GET: 'GetObjectAcl', PUT: 'PutObjectAcl' },
  retention: { GET: 'GetObjectRetention', PUT: 'PutObjectRetention' },
  'legal-hold': { GET: 'GetObjectLegalHold', PUT: 'PutObjectLegalHold' },
  attributes: { GET: 'GetObjectAttributes' },
};
const OF_BUCKET: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>> = {
  uploads: { GET: 'ListBucketMultipartUploads' },
  versions: { GET: 'ListBucketVersions' },
  location: { GET: 'GetBucketLocation' },
  tagging: { GET: 'GetBucketTagging', PUT: 'PutBucketTagging', DELETE: 'PutBucketTagging' },
  policy: { GET: 'GetBucketPolicy', PUT: 'PutBucketPolicy', DELETE: 'DeleteBucketPolicy' },
  lifecycle: { GET: 'GetLifecycleConfiguration', PUT: 'PutLifecycleConfiguration' },
  notification: { GET: 'GetBucketNotification', PUT: 'PutBucketNotification' },
  versioning: { GET: 'GetBucketVersioning', PUT: 'PutBucketVersioning' },
};

const objectActions = (method: string, query: URLSearchParams): string => {
  for (const [parameter, actions] of Object.entries(BY_PARAMETER)) {
    const action = query.has(parameter) ? actions[method] : undefined;
    if (action) return action;
  }
  const version = query.has('versionId') ? 'Version' : '';
  if (method === 'GET' && query.has('uploadId')) return 'ListMultipartUploadParts';
  if (method === 'GET' || method === 'HEAD') return `GetObject${version}`;
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : `DeleteObject${version}`;
  return 'PutObject';
};

const bucketAction = (method: string, query: URLSearchParams): string => {
  for (const [parameter, actions] of Object.entries(OF_BUCKET)) {
    const action = query.has(parameter) ? actions[method] : undefined;
    if (action) return action;
  }
  if (method === 'PUT') return 'CreateBucket';
  if (method === 'DELETE') return 'DeleteBucket';
  return 'ListBucket';
};

const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

/** Where a copy comes from: `x-amz-copy-source: <bucket>/<key>`. */
const sourceOf = ({ headers }: ServiceCall): Need[] => {
  const source = headers['x-amz-copy-source'];
  if (typeof source !== 'string') return [];
  const [bucket = '', ...key] = decodeURIComponent(source.split('?')[0] ?? '')
    .replace(/^\//, '')
    .split('/');
  return [{ action: 's3:GetObject', resource: objectArn(bucket, key.join('/')) }];
};

const keysToDelete = (body: string): string[] =>
  [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) =>
    key.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );

/**
 * What an operation of S3 needs, by path.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const s3Operation = (call: ServiceCall): Operation => {
  const { method, headers } = call;
  const { pathname, searchParams: query } = new URL(call.path, 'http://127.0.0.1');
  const [bucket = '', ...rest] = pathname.slice(1).split('/');
  const key = decodeURIComponent(rest.join('/'));
  const context: NeedContext = () => ({
    's3:prefix': query.get('prefix') ?? undefined,
    's3:delimiter': query.get('delimiter') ?? undefined,
    's3:max-keys': query.get('max-keys') ?? undefined,
    's3:VersionId': query.get('versionId') ?? undefined,
    's3:authType': query.has('X-Amz-Signature') ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    ...Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.startsWith('x-amz-'))
        .map(([name, value]) => [`s3:${name}`, value]),
    ),
  });
  if (bucket === '')
    return { name: 'ListBuckets', needs: [{ action: 's3:ListAllMyBuckets', resource: '*', context }] };
  if (key === '') {
    if (method === 'POST' && query.has('delete')) {
      const keys = keysToDelete(call.requestBody.toString());
      const needs = keys.map((one) => ({
        action: 's3:DeleteObject',
        resource: objectArn(bucket, one),
        context,
      }));
      return { name: 'DeleteObjects', needs };
    }
    const action = bucketAction(method, query);
    const name = action === 'ListBucket' ? (method === 'HEAD' ? 'HeadBucket' : 'ListObjectsV2') : action;
    return { name, needs: [{ action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}`, context }] };
  }
  const action = objectActions(method, query);
  const name = method === 'HEAD' ? 'HeadObject' : action;
  const need = { action: `s3:${action}`, resource: objectArn(bucket, key), context };
  return { name, needs: [need, ...sourceOf(call)] };
};
