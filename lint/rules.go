package lint

import "slices"

// All returns every rule, in the order of the catalogue in docs/rules/.
func All() []Rule {
	tables := newFormats()
	rules := slices.Concat(
		[]Rule{
			// Keys and shapes
			syntaxError(),
			unknownKey(tables),
			keyNotInThisVersion(tables),
			requiredKeyMissing(tables),
			sectionIsNull(tables),
			wrongValueType(tables),
			mutuallyExclusiveKeys(tables),
			keyDefinedTwice(),
			// MAS alone
			masProviderID(),
			masClientID(),
			masEncryptionKey(),
			masSigningKey(),
			masDatabaseURI(),
			masPublicBase(),
			masListener(),
			masResource(),
			masProvider(),
			masPasswordsLeftEnabled(),
			masNoLoginMethod(),
			masAccountTakeover(),
			// Synapse alone
			synapseMSC3861Removed(),
			synapseListenerInvalid(),
			synapseStateNotPersistent(),
			synapseFederationClosed(),
			synapseCompanionKeyMissing(),
			synapseWorkerWiring(),
			// Element alone
			elementJSONInvalid(),
			elementDefaultServerInvalid(),
			elementSharesHost(),
			// Compose and images
			composeUnsetVariable(),
			composeInterpolationWrong(),
			envFileValueBroken(),
			configMountNotRead(),
			containerCannotStart(),
			referencedFileUnavailable(tables),
			healthcheckCannotSucceed(),
			environmentVariableMisread(tables),
			imageReferenceWrong(),
			imageNotPinned(),
			publishedPortsWrong(),
			// Traefik and routing
			traefikLabelInvalid(),
			traefikRuleInvalid(),
			traefikNetworkLabelMissing(),
			traefikVersionKnownBad(),
			proxyBackendUnreachable(),
			publicHostNotRouted(),
			compatRouteMissing(),
			compatRouteShadowed(),
			matrixPathNotRouted(),
			internalEndpointPublic(),
			proxyTrustWrong(),
			// Discovery and well-known
			serverNameMismatch(),
			baseURLMismatch(),
			wellKnownClientMissing(),
			wellKnownServerWrong(),
			wellKnownContent(),
			corsHeaderWrong(),
			// Postgres
			postgresLocale(),
			postgresVersion(),
			databaseShared(),
			databaseSettings(),
			// Secrets
			secretInPlaintext(tables),
			placeholderNotRendered(),
			secretValueUnsuitable(tables),
			secretReused(tables),
			secretFileNewline(),
			sopsLeafUnencrypted(),
			sopsBindingMissing(),
			// MAS and Synapse
			sharedSecretMismatch(),
			masSynapseVersionMismatch(),
			masNotDelegated(),
			synapseAuthConflictsWithMAS(),
			masEndpointUnreachable(),
			synapseEndpointUnreachable(),
			synapseOptionDeadWithMAS(),
			// MAS and the identity provider
			redirectURIMismatch(),
			redirectURIUnused(),
			issuerMismatch(),
			idpClientMismatch(),
			masClaims(),
			masLocalpart(),
			pocketIDEnvironment(),
			// QR login and calls
			qrLoginIncomplete(),
			rtcTransportIncomplete(),
			lkJWTMismatch(),
			turnIncomplete(),
			// Migration
			migrationProviderMapping(),
			migrationBlocked(),
			masCLICommandWrong(),
			// Changes against an earlier revision
			providerIDChanged(),
			serverNameChanged(),
			encryptionKeyChanged(),
			postgresMajorJump(),
			postgresSettingsChanged(),
			dataVolumeChanged(),
			retentionShortened(),
			publicOriginChanged(),
			imageDowngraded(),
			acknowledgementUnused(),
			// Suppressions
			suppressionInvalid(),
			suppressionUnused(),
		},
	)
	for i := range rules {
		rules[i].tables = tables
	}
	return rules
}
