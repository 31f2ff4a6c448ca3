/**
 * A bare Debian 12 machine in a party's network: systemd as its first process, a file system of its own above test/support/bare-tree.ts, its own
 * processes, host name and control groups. Whatever is done to it is gone with it.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bareTree } from "../../support/bare-tree.ts";
import { eventually } from "../../support/eventually.ts";
import type { Program } from "../../support/program.ts";
import type { Laboratory, Party } from "./laboratory.ts";
import type { Answer } from "./ringfence.ts";

/**
 * $1: the tree, $2: a folder of ours, $3: a name for the control group. A control group is entered before the namespace is made, so that the machine
 * takes its own for the root of all.
 */
const boot = `
set -e
mkdir -p "$2/upper" "$2/work" "$2/root"
groups=$2/groups; mkdir -p "$groups"; mount -t cgroup2 none "$groups"
mkdir -p "$groups/$3"; echo $$ > "$groups/$3/cgroup.procs"
exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh -ec '
  cd "$2/root"; umount "$2/groups"
  mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root"; cd "$2/root"
  mount -t proc proc proc; mount -t sysfs -o ro sysfs sys; mount -t cgroup2 none sys/fs/cgroup
  mount -t tmpfs -o mode=755 none run; mount -t tmpfs none tmp
  mount -t tmpfs -o mode=755 none dev; mkdir dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=666 none dev/pts; ln -s pts/ptmx dev/ptmx
  for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/\${node%:*}" c 1 "\${node#*:}"; done
  mknod -m 666 dev/tty c 5 0; ln -s /proc/self/fd dev/fd
  hostname bare; : > etc/machine-id
  exec env -i container=ringfence-test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --log-target=console --show-status=no
' sh "$1" "$2"
`;

/** What a removed control group leaves behind: folders, the deepest first. */
const sweep = 'mount -t cgroup2 none "$1" && find "$1/$2" -depth -type d -exec rmdir {} +';

export class BareMachine {
  readonly #program: Program;
  readonly #folder: string;
  readonly #group: string;
  /** Of its first process, as seen from outside. */
  readonly #pid: number;

  private constructor(program: Program, folder: string, group: string, pid: number) {
    this.#program = program;
    this.#folder = folder;
    this.#group = group;
    this.#pid = pid;
  }

  /** Resolves when it is up. @param name of its folder and its log in the laboratory's */
  static async start(laboratory: Laboratory, party: Party = "ringfence", name = "machine"): Promise<BareMachine> {
    const tree = await bareTree();
    const folder = laboratory.path(name);
    const group = `rf${process.pid}-${name}`;
    mkdirSync(folder, { recursive: true });
    const args = ["--mount", "sh", "-c", boot, "sh", tree, folder, group];
    const program = laboratory.run(party, name, { command: "unshare", args });
    const pid = await eventually("the machine's first process", () => firstProcess(program));
    const machine = new BareMachine(program, folder, group, pid);
    await machine.until("the machine to be up", ["systemctl", "is-system-running"], ({ output }) =>
      ["running", "degraded"].includes(output.trim()),
    );
    return machine;
  }

  /** Runs a command as its root, to the end. */
  run(command: string, ...args: readonly string[]): Promise<Answer> {
    const inside = ["--target", String(this.#pid), "--all", "--root", "--wd", "--", "env", "-i", "HOME=/root"];
    const environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"];
    return finished("nsenter", [...inside, ...environment, command, ...args]);
  }

  /** The same for what must not fail. @returns what it printed. @throws Error with what it said */
  async does(command: string, ...args: readonly string[]): Promise<string> {
    const { code, output, problems } = await this.run(command, ...args);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${code}: ${output.slice(-2_000)}${problems}`);
    return output;
  }

  /** Asks until the answer is right. */
  until(what: string, command: readonly [string, ...string[]], isSo: (answer: Answer) => boolean): Promise<Answer> {
    const look = async (): Promise<Answer | false> => {
      const answer = await this.run(...command);
      return isSo(answer) && answer;
    };
    return eventually(what, look, 90_000, 300);
  }

  /** A file or folder of it, as seen from outside: to be read and written while it runs. */
  path(inside: string): string {
    return join(`/proc/${this.#pid}/root`, inside);
  }

  /** Puts a file there. @returns its path inside */
  copyIn(file: string, folder = "/root"): string {
    copyFileSync(file, this.path(join(folder, basename(file))));
    return join(folder, basename(file));
  }

  /** As whoever follows the documentation: `apt install ./FILE`, without any network. */
  async install(deb: string, ...options: readonly string[]): Promise<string> {
    return this.does("apt-get", "install", "-y", "-q", ...options, this.copyIn(deb));
  }

  async stop(): Promise<void> {
    await this.#program.stop("SIGKILL");
    const place = join(this.#folder, "groups");
    await finished("unshare", ["--mount", "sh", "-c", sweep, "sh", place, this.#group]);
  }
}

/** The one child that stays: those before it make its place ready. */
function firstProcess({ pid }: Program): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  if (child === undefined || child === "") return undefined;
  try {
    return readFileSync(`/proc/${child}/comm`, "utf8") === "systemd\n" ? Number(child) : undefined;
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function finished(command: string, args: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [output, problems] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      problems += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, problems }));
  });
}
