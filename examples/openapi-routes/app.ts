import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { LibraryStack } from './library-stack';

const app = new App();
// Which Portcullis deployment guards the API: `-c prefix=Portcullis-dev`.
const prefix: unknown = app.node.tryGetContext('prefix') ?? 'Portcullis';
if (typeof prefix !== 'string') {
  throw new Error(`context prefix must be text, but was ${JSON.stringify(prefix)}`);
}
new LibraryStack(app, `${prefix}-Library`, {
  description: 'An HTTP API whose OpenAPI document says what each route is',
  portcullisPrefix: prefix,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
