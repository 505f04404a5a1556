# Takes kmon's guest off this laptop, and all that came with it. Can be run again until nothing is left.
param([switch] $Quiet, [switch] $Again)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$Folder = Join-Path $env:USERPROFILE 'kmon-guest'
$Journal = Join-Path $Folder 'journal'
$script:Left = @()

function Say($text) { Write-Host "kmon: $text" }

# What the journal has of a kind.
function Get-Noted($kind) { @($script:Lines | Where-Object { $_ -like "$kind *" } | ForEach-Object { $_.Substring($kind.Length + 1) }) }

# Windows PowerShell makes an error of what a program says on its second stream: it is only read.
function Invoke-VBox {
  $ErrorActionPreference = 'Continue'
  & $script:VBoxManage @args 2>&1 | ForEach-Object { "$_" }
}

function Test-Listed($which, $name) { (@(Invoke-VBox list $which) -join "`n") -match ('(?m)^"' + [regex]::Escape($name) + '" ') }

# Only one whose files are in the folder: the owner may have one of the name. VBoxManage doubles each \.
function Test-Ours($name) {
  $told = (@(Invoke-VBox showvminfo $name --machinereadable) -join "`n").Replace('\\', '\')
  $told -match ('(?m)^CfgFile="' + [regex]::Escape("$Folder\"))
}

function Remove-Vm($name) {
  foreach ($attempt in 1, 2, 3) {
    if (-not (Test-Listed 'vms' $name) -or -not (Test-Ours $name)) { return }
    if (Test-Listed 'runningvms' $name) {
      Invoke-VBox controlvm $name poweroff | Out-Null
      foreach ($second in 1..10) { if (Test-Listed 'runningvms' $name) { Start-Sleep -Seconds 1 } }
    }
    $said = @(Invoke-VBox unregistervm $name --delete)
    # VirtualBox holds a machine for a moment after it has stopped.
    if (Test-Listed 'vms' $name) { Start-Sleep -Seconds 1 }
  }
  if ((Test-Listed 'vms' $name) -and (Test-Ours $name)) { $script:Left += "the virtual machine $name ($(@($said)[0]))" }
}

function Remove-Rules($names) {
  $there = @(Get-NetFirewallRule -Name $names -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
  if (-not $there.Count) { return }
  $text = "Remove-NetFirewallRule -Name '$($there -join "','")'"
  $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($text))
  Say 'removes its rules of the firewall (Windows asks)'
  try { Start-Process -FilePath powershell.exe -Verb RunAs -WindowStyle Hidden -Wait -ArgumentList "-NoProfile -ExecutionPolicy Bypass -EncodedCommand $encoded" } catch { Say 'nobody agreed' }
  $there = @(Get-NetFirewallRule -Name $names -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
  if ($there.Count) { $script:Left += "rules of the firewall: $($there -join ', ')" }
}

function Test-Package {
  $ErrorActionPreference = 'Continue'
  & winget.exe list --exact --id Oracle.VirtualBox --accept-source-agreements 2>&1 | Out-Null
  $LASTEXITCODE -eq 0
}

function Remove-VirtualBox {
  if (-not (Test-Package)) { return }
  Say 'removes VirtualBox, which was installed for the guest (Windows may ask)'
  $ErrorActionPreference = 'Continue'
  & winget.exe uninstall --exact --id Oracle.VirtualBox --silent --disable-interactivity 2>&1 | Out-Null
  if (Test-Package) { $script:Left += 'VirtualBox: winget uninstall Oracle.VirtualBox' }
}

function Exit-Guest {
  if (-not (Test-Path -LiteralPath $Journal)) {
    # Made, and stopped before anything was noted.
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath (Join-Path $Folder 'leave.ps1') -Force -ErrorAction SilentlyContinue; Remove-Item -LiteralPath $Folder -ErrorAction SilentlyContinue }
    if (-not $Quiet) { Say 'there is no guest of kmon here' }
    return 0
  }
  $script:Lines = @([IO.File]::ReadAllLines($Journal))
  $script:VBoxManage = $null
  $found = Get-Command VBoxManage.exe -ErrorAction SilentlyContinue
  $places = @($(if ($found) { $found.Source }), $(if ($env:VBOX_MSI_INSTALL_PATH) { Join-Path $env:VBOX_MSI_INSTALL_PATH 'VBoxManage.exe' }), (Join-Path $env:ProgramFiles 'Oracle\VirtualBox\VBoxManage.exe'))
  foreach ($place in $places) { if (-not $script:VBoxManage -and $place -and (Test-Path -LiteralPath $place)) { $script:VBoxManage = $place } }
  if ($script:VBoxManage) {
    foreach ($vm in Get-Noted 'vm') { Remove-Vm $vm }
    foreach ($medium in Get-Noted 'medium') {
      $kind = if ($medium -like '*.iso') { 'dvd' } else { 'disk' }
      Invoke-VBox closemedium $kind $medium | Out-Null
    }
  }
  $rules = @(Get-Noted 'rule')
  if ($rules.Count) { Remove-Rules $rules }
  # With machines of the owner's in it by now it is his.
  $keep = $Again
  if ($script:VBoxManage -and (@(Get-Noted 'virtualbox') + @(Get-Noted 'settings')).Count -and ((@(Invoke-VBox list vms) -join "`n") -match '(?m)^".*" [{]')) {
    if (-not $keep) { Say 'VirtualBox stays: there are other machines in it' }
    $keep = $true
  }
  if (-not $keep -and -not $script:Left.Count) {
    if (@(Get-Noted 'virtualbox').Count) { Remove-VirtualBox }
  }
  if (-not $keep -and -not $script:Left.Count) {
    # Settings that VirtualBox did not have before; its service holds them for some seconds.
    foreach ($settings in Get-Noted 'settings') {
      if ($settings -like "$env:USERPROFILE*VirtualBox") {
        foreach ($attempt in 1, 2, 3) {
          if (Test-Path -LiteralPath $settings) { Remove-Item -LiteralPath $settings -Recurse -Force -ErrorAction SilentlyContinue; Start-Sleep -Seconds 2 }
        }
      }
    }
  }
  if ($script:Left.Count) {
    foreach ($what in $script:Left) { Say "still here: $what" }
    Say "run it again when that is gone: powershell -NoProfile -ExecutionPolicy Bypass -File `"$(Join-Path $Folder 'leave.ps1')`""
    return 1
  }
  if ($Again) {
    # VirtualBox stays for the next one, and that it was not here stays noted.
    [IO.File]::WriteAllLines("$Journal.new", [string[]]@($script:Lines | Where-Object { $_ -match '^(virtualbox|settings) ' }))
    Remove-Item -LiteralPath $Journal -Force
    Move-Item -LiteralPath "$Journal.new" -Destination $Journal
    Get-ChildItem -LiteralPath $Folder | Where-Object { $_.Name -notin 'journal', 'leave.ps1' } | Remove-Item -Recurse -Force
    return 0
  }
  # The journal last: where it is something may still be.
  Get-ChildItem -LiteralPath $Folder | Where-Object { $_.Name -ne 'journal' } | Remove-Item -Recurse -Force
  Remove-Item -LiteralPath $Folder -Recurse -Force
  if (Test-Path -LiteralPath $Folder) { Say "still here: $Folder"; return 1 }
  if (-not $Quiet) { Say 'the guest is gone, with its disk, its ports, its rules of the firewall and what was downloaded: this laptop is as it was' }
  return 0
}

$code = Exit-Guest
if ($code -ne 0) { throw 'something of the guest is still here' }
