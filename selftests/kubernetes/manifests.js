// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: manifests.js FILE...
 *        manifests.js --command FILE
 *
 * Prints what is wrong with manifests of Kubernetes, "FILE: ..." each: by the schemas of its interface,
 * as strictly as its server takes them, and by the rules for what runs without privilege.
 * Or it prints the command of the first container, a NUL behind each word.
 */
'use strict';

const fs = require('fs');
const yaml = require('js-yaml');
const Ajv = require('ajv').default;

/* The server refuses names that it does not know; its schemas alone do not. */
const addSchema = Ajv.prototype.addSchema;

Ajv.prototype.addSchema = function (schema, id) {
	if (typeof id === 'string' && id.startsWith('io.k8s.') && schema.properties)
		schema.additionalProperties = false;
	return addSchema.call(this, schema, id);
};

function schemaProblems(manifest) {
	try {
		const { [manifest.kind]: Model } = require(`kubernetes-models/${manifest.apiVersion}`);

		if (!Model)
			return ['there is no such kind'];
		new Model(manifest).validate();
	} catch (error) {
		return [error.message];
	}
	return [];
}

/*
 * The rules of the profile "restricted" of the Pod Security Standards, but for volumes, and some of our
 * own: each has to hold.
 */
const podRules = {
	'it shares no namespace of the host': (pod) =>
		!pod.hostPID && !pod.hostIPC && !pod.hostNetwork,
	'it is not root': ({ securityContext: security = {} }) =>
		security.runAsNonRoot === true && security.runAsUser > 0 && security.runAsGroup > 0,
	'it has the usual filter of system calls': ({ securityContext: security = {} }) =>
		security.seccompProfile?.type === 'RuntimeDefault',
	'it has no token': (pod) => pod.automountServiceAccountToken === false,
	'of the host it has the directory of text files at most': ({ volumes = [] }) =>
		volumes.every(({ hostPath }) =>
			hostPath?.type === 'Directory' && hostPath.path.endsWith('/textfile_collector')),
};

const containerRules = {
	'it gains nothing': ({ securityContext: security = {} }) =>
		security.allowPrivilegeEscalation === false && !security.privileged,
	'it is nobody else than its pod': ({ securityContext: security = {} }) =>
		!('runAsUser' in security || 'runAsNonRoot' in security || 'seccompProfile' in security),
	'it has no capability': ({ securityContext: { capabilities = {} } = {} }) =>
		String(capabilities.drop) === 'ALL' && !capabilities.add,
	'it has limits': ({ resources = {} }) => Boolean(resources.limits),
};

/* Runtimes write to files of their image. */
const daemonRules = {
	'it changes nothing of its image': ({ securityContext: security = {} }) =>
		security.readOnlyRootFilesystem === true,
};

function broken(rules, object) {
	return Object.keys(rules).filter((rule) => !rules[rule](object));
}

function privilegeProblems(manifest) {
	const pod = manifest.kind === 'Pod' ? manifest.spec : manifest.spec.template.spec;
	const containers = [...(pod.initContainers || []), ...pod.containers];
	const rules = manifest.kind === 'Pod' ? containerRules : { ...containerRules, ...daemonRules };

	return containers.reduce((problems, container) =>
		problems.concat(broken(rules, container)), broken(podRules, pod));
}

function load(file) {
	return yaml.loadAll(fs.readFileSync(file, 'utf8'));
}

function check(file) {
	for (const manifest of load(file)) {
		let problems = schemaProblems(manifest);

		if (!problems.length)
			problems = privilegeProblems(manifest);
		for (const problem of problems)
			console.log(`${file}: ${manifest.kind}: ${problem}`);
	}
}

const files = process.argv.slice(2);

if (files[0] === '--command')
	for (const word of load(files[1])[0].spec.template.spec.containers[0].command)
		process.stdout.write(`${word}\0`);
else
	files.forEach(check);
