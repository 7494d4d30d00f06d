import * as client from '@aws-sdk/client-iam';

/** Any command of the client, by the operation's name. */
export function commandOf(name: string, input: object): client.GetUserCommand {
  const constructors = client as unknown as Record<
    string,
    (new (input: object) => client.GetUserCommand) | undefined
  >;
  const Command = constructors[`${name}Command`];
  if (Command === undefined) throw new Error(`the client has no ${name}`);
  return new Command(input);
}
