import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readSshPublicKey, type SshPublicKey } from '../../lambdas/credentials/ssh-public-key';

/* Made by ssh-keygen -t rsa -b 2048; the fingerprint is that of ssh-keygen -l -E md5. */
const SSH =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDUoDHpjaCshkdTsBaIBaik1aXx3EtRbLBMz4nIa4T9RrD68edATCmgcNc0KpNlZT0mZOdIlvzBy4Poi381um5+G4Mxq53bcyI+LyANtMQOR5KyXqZq35Bzn8qY7MGEwG9hqt7+rY9P97zTUIleox03Ya34IjOC9V0lkWcI9d77efKY5h7dKReRGYJjLHT8g1Yu5qkG4D835Gg0p2zKmt9M8Yu4gCGMM8n8f2McBfD9IaRVNlgYBsGd68HKaQ1JU/fAYJboQIH9/Zvq0NL0f6tNkFn/1XAd1JpfJYIEjkOxvlkUoRxd23XmoYaLen8upW0nNkB1Xr9K19F9/zbxBH0P';
const FINGERPRINT = '79:99:5d:d3:d5:e9:3f:a2:76:d6:bf:59:88:72:35:5a';

function read(body: string): SshPublicKey {
  const key = readSshPublicKey(body);
  if (typeof key === 'string') throw new Error(key);
  return key;
}

test('a key of OpenSSH has the fingerprint that OpenSSH gives it', () => {
  expect(read(`${SSH} alice@example.com\n`)).toMatchObject({ ssh: SSH, fingerprint: FINGERPRINT });
});

test('a key is the same in both encodings', () => {
  const { pem } = read(SSH);
  expect(read(pem)).toEqual(read(SSH));
  const pkcs1 = createPublicKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString();
  expect(read(pkcs1)).toEqual(read(SSH));
});

const { publicKey: small } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const { publicKey: curve, privateKey } = generateKeyPairSync('ed25519');
const pemOf = (key: typeof small) => key.export({ type: 'spki', format: 'pem' }).toString();

test.each([
  ['a key that is too short', pemOf(small), 'InvalidPublicKey'],
  ['a key of a curve', pemOf(curve), 'InvalidPublicKey'],
  ['a key that is cut off', SSH.slice(0, 200), 'InvalidPublicKey'],
  ['a key with something behind it', `${SSH}\nssh-rsa AAAA`, 'InvalidPublicKey'],
  ['a PEM that is none', '-----BEGIN PUBLIC KEY-----\nx', 'InvalidPublicKey'],
  ['another algorithm', 'ssh-ed25519 AAAA', 'UnrecognizedPublicKeyEncoding'],
  ['any text', 'hello', 'UnrecognizedPublicKeyEncoding'],
  [
    'a private key',
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'UnrecognizedPublicKeyEncoding',
  ],
])('%s is refused', (_what, body, problem) => {
  expect(readSshPublicKey(body)).toBe(problem);
});
