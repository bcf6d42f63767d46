// Package rules holds the rules: one value in a file of its own each, named as the rule is. A file that begins with the name of a rule is a part of it.
package rules

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/lint"
)

// All returns every rule, in the order of the catalogue in docs/rules/.
func All() []lint.Rule {
	tables := facts.NewFormats()
	rules := slices.Concat(
		[]lint.Rule{
			// Keys and shapes
			syntaxError(),
			unknownKey(tables),
			keyNotInThisVersion(tables),
			requiredKeyMissing(tables),
			sectionIsNull(tables),
			wrongValueType(tables),
			mutuallyExclusiveKeys(tables),
			keyDefinedTwice(),
			uncheckedSettingUnused(tables),
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
			masMailGoesNowhere(),
			masMailFromMissing(),
			mailTLSMode(),
			masPolicyData(),
			// Synapse alone
			synapseMSC3861Removed(),
			synapseListenerInvalid(),
			synapseStateNotPersistent(),
			synapseFederationClosed(),
			synapseCompanionKeyMissing(),
			synapseWorkerWiring(),
			workerDutyUnassigned(),
			mediaWorkerNotRouted(),
			// Element alone
			elementJSONInvalid(),
			elementDefaultServerInvalid(),
			elementSharesHost(),
			// Element's chart
			essValuesInvalid(tables),
			essKeyOverwritten(),
			essVariableNotSet(),
			essTemplateNotEvaluated(),
			essPortTaken(),
			essHostShared(),
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
			imageHasAdvisory(),
			publishedPortsWrong(),
			// Traefik and routing
			traefikLabelInvalid(),
			traefikRuleInvalid(),
			traefikNetworkLabelMissing(),
			traefikVersionKnownBad(),
			traefikTLSOptionsConflict(),
			acmeChallengeUnreachable(),
			certificateNeverWritten(),
			certificateSelfSigned(),
			proxyBackendUnreachable(),
			publicHostNotRouted(),
			proxyChainBroken(),
			compatRouteMissing(),
			compatRouteShadowed(),
			matrixPathNotRouted(),
			proxyBodyLimit(),
			nginxRewritesURI(),
			internalEndpointPublic(),
			authWall(),
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
			postgresDataNotPersistent(),
			databaseShared(),
			databaseSettings(),
			databaseTLSMismatch(),
			initScriptRepeatsImage(),
			// Secrets
			secretInPlaintext(tables),
			placeholderNotRendered(),
			secretValueUnsuitable(tables),
			secretReused(tables),
			secretFileNewline(),
			sopsLeafUnencrypted(),
			sopsRuleMatchesNothing(),
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
			masClaimsTemplate(),
			masClaims(),
			masLocalpart(),
			pocketIDEnvironment(),
			pocketIDState(),
			caNotTrusted(),
			// QR login and calls
			qrLoginIncomplete(),
			rtcTransportIncomplete(),
			lkJWTMismatch(),
			rtcAddressInternal(),
			rtcServerNameUnresolvable(),
			turnIncomplete(),
			// Bridges
			appServiceInvalid(),
			appServiceUnreachable(),
			appServiceMismatch(),
			bridgeLoginUnsupported(),
			bridgeBotCannotSync(),
			// Migration
			migrationProviderMapping(),
			migrationBlocked(),
			masCLICommandWrong(),
			// Stacks of one repository
			stacksClash(),
			// Changes against an earlier revision
			providerIDChanged(),
			serverNameChanged(),
			encryptionKeyChanged(),
			passwordSchemeRemoved(),
			accountsOutOfOrder(),
			postgresMajorJump(),
			postgresSettingsChanged(),
			dataVolumeChanged(),
			runnerChanged(),
			databaseMoved(),
			retentionShortened(),
			publicOriginChanged(),
			proxyChanged(),
			imageDowngraded(),
			acknowledgementUnused(),
			// Suppressions
			suppressionInvalid(),
			suppressionUnused(),
		},
	)
	for i := range rules {
		rules[i].Tables = tables
	}
	return rules
}

// ByName returns the rule of that name, or false.
func ByName(name string) (lint.Rule, bool) {
	rules := All()
	i := slices.IndexFunc(rules, func(r lint.Rule) bool { return r.Name == name })
	if i < 0 {
		return lint.Rule{}, false
	}
	return rules[i], true
}
