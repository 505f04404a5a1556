import { writtenSchema } from '../written-schema.js';

const { room, ssh, parent, kubernetes } = writtenSchema.shape;
const { podSubnet, serviceSubnet } = kubernetes.unwrap().shape;

/** Values of kmon.yaml that are asked for one by one. */
const VALUES = {
  room,
  user: ssh.unwrap().shape.user,
  address: parent.out.shape.address,
  podSubnet,
  serviceSubnet,
} as const;

export type AskedValue = keyof typeof VALUES;

/** What a value must be, when it is something else: completes "it must be …". The same words as for kmon.yaml. */
export function valueMistake(what: AskedValue, value: string): string | undefined {
  return VALUES[what].safeParse(value).error?.issues[0]?.message;
}
