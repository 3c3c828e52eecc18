import { explainingSystemErrors } from '../../src/system-error.ts';
import { UserError } from '../../src/user-error.ts';

const refused = (code: string) =>
  explainingSystemErrors(() => Promise.reject(Object.assign(new Error(code), { code, path: '/data' })));

test.each(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOSPC', 'EDQUOT', 'EEXIST', 'EISDIR', 'ENOTDIR'])(
  '%s names the file and what to do',
  async (code) => {
    await expect(refused(code)).rejects.toThrow(UserError);
    await expect(refused(code)).rejects.toThrow(/^\/data: .+: (make|choose|remove) /);
  },
);

test('every other error stays what it is', async () => {
  const defect = Object.assign(new Error('a defect'), { code: 'ERR_INVALID_ARG_TYPE' });
  await expect(explainingSystemErrors(() => Promise.reject(defect))).rejects.toBe(defect);
});
