import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the kernel calls an architecture and, on it, the three system calls that matter here. */
const ARCHITECTURES: Readonly<
  Partial<Record<string, { audit: number; prctl: number; fsync: number; fdatasync: number }>>
> = {
  x64: { audit: 0xc000003e, prctl: 157, fsync: 74, fdatasync: 75 },
  arm64: { audit: 0xc00000b7, prctl: 167, fsync: 82, fdatasync: 83 },
};

const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
/** The call is not made, and its caller is told that it succeeded. */
const SUCCEED_AT_ONCE = 0x00050000;

/** A classic BPF program: code, jumps when true and when false, operand. */
const filterOf = (audit: number, fsync: number, fdatasync: number): Buffer => {
  const instructions = [
    [LOAD, 0, 0, 4],
    [JUMP_IF_EQUAL, 0, 4, audit],
    [LOAD, 0, 0, 0],
    [JUMP_IF_EQUAL, 1, 0, fsync],
    [JUMP_IF_EQUAL, 0, 1, fdatasync],
    [RETURN, 0, 0, SUCCEED_AT_ONCE],
    [RETURN, 0, 0, ALLOW],
  ] as const;
  const program = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, whenTrue, whenFalse, operand]] of instructions.entries()) {
    program.writeUInt16LE(code, index * 8);
    program.writeUInt8(whenTrue, index * 8 + 2);
    program.writeUInt8(whenFalse, index * 8 + 3);
    program.writeUInt32LE(operand, index * 8 + 4);
  }
  return program;
};

// PR_SET_NO_NEW_PRIVS, which a filter needs, then PR_SET_SECCOMP. Where the kernel refuses, the program runs all the
// same, only slower.
const INSTALL_AND_RUN = [
  'my ($prctl, $hex, @command) = @ARGV;',
  'my $filter = pack("H*", $hex);',
  'my $program = pack("S x6 P", length($filter) / 8, $filter);',
  'syscall(0 + $prctl, 38, 1, 0, 0, 0);',
  'syscall(0 + $prctl, 22, 2, $program);',
  'exec { $command[0] } @command or die "$command[0]: $!";',
].join(' ');

/**
 * The words to put in front of a command, so that it does not wait for the disk: its data is as safe as before when a
 * process is killed, since the operating system has it, and not when the machine loses power. The embedded DynamoDB
 * syncs its database after each item of every write, and has no setting against it. A system call filter makes that
 * free, as `systemd-nspawn --suppress-sync` does.
 * @returns nothing where that is not possible: not on Linux, or without Perl, which has the system call at hand
 * @see https://docs.kernel.org/userspace-api/seccomp_filter.html
 */
export const withoutSync = (): string[] => {
  const architecture = process.platform === 'linux' ? ARCHITECTURES[process.arch] : undefined;
  const perl = (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'perl'))
    .find((file) => existsSync(file));
  if (!architecture || !perl) return [];
  const { audit, prctl, fsync, fdatasync } = architecture;
  return [perl, '-e', INSTALL_AND_RUN, `${prctl}`, filterOf(audit, fsync, fdatasync).toString('hex')];
};
